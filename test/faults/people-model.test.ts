import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { IntentId } from '../../src/domain/ids.ts'
import { spellingsOf } from '../../src/domain/recipient.ts'
import type { Postgres } from '../../src/store/pg/postgres.ts'
import { bsuidOf, conclude, type Deed, type Done, type Human, keyOf, Model, numberOf } from './people-model.ts'
import { createPeopleWorld, type World } from './people-world.ts'
import { seededRandom } from './random.ts'
import { statementTurns } from './statement-turns.ts'

/*
 * Random histories of people, several things at once and statement by statement, against a model that knows only what was promised:
 *
 *   one person       ids that were told together are one contact
 *   nothing lost     what was accepted is there, with a conversation that is there; or was erased, and its producer was told
 *   nothing stuck    nobody waits for a window that is open, whichever of their ids opened it
 *   P5               what was asked for earlier leaves earlier, also where it was held, was tried before, or its person was two
 *   P7               who said no is out, under every id they were known by, through merges and erasures, until they say yes
 *   erased           no id stands in any row any more
 */

const SECONDS = 24
const DEEDS_AT_ONCE = 4

const who = fc.constantFrom('long' as const, 'short' as const, 'bsuid' as const)
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('enqueue' as const),
      to: who,
      how: fc.constantFrom('ours' as const, "caller's" as const),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      by: fc.oneof(who, fc.constant('both' as const)),
      body: fc.constantFrom('Hello' as const, 'Hello' as const, 'STOP' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('consent' as const),
      of: fc.constantFrom('long' as const, 'bsuid' as const),
      state: fc.constantFrom('in' as const, 'out' as const, 'out' as const),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'hold' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('send' as const),
      answer: fc.constantFrom('taken' as const, 'not now' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('status' as const),
      word: fc.constantFrom('sent' as const, 'delivered' as const, 'read' as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'echo' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'tell' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'change number' as const }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('erase' as const),
      by: fc.constantFrom('long' as const, 'bsuid' as const),
    }),
  },
)
/** Side by side; mostly of one human, or nothing would meet. */
const burst = fc.record({
  deeds: fc.array(fc.record({ human: fc.constantFrom(0, 0, 0, 0, 0, 1), deed }), {
    minLength: 1,
    maxLength: DEEDS_AT_ONCE,
  }),
  seed: fc.nat(),
})

let world: World
/** All there are, and all there will be. */
let tables: string[]
beforeAll(async () => {
  world = await createPeopleWorld()
  const { rows } = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = 'public' order by 1`.execute(world.postgres.db)
  tables = rows.map(({ name }) => name)
})
afterAll(() => world.close())

function spelled(human: Human, by: 'long' | 'short' | 'bsuid'): string {
  if (by === 'bsuid') return human.bsuid
  return by === 'long' ? human.number : (spellingsOf(human.number)[1] as string)
}

async function perform(model: Model, human: Human, deed: Deed, on: Postgres): Promise<boolean> {
  switch (deed.kind) {
    case 'enqueue':
      model.ask(
        await world.enqueue(on, spelled(human, deed.to), deed.how),
        human,
        deed.to === 'bsuid' ? human.bsuid : human.number,
      )
      return true
    case 'write': {
      const number = deed.by === 'bsuid' ? undefined : spelled(human, deed.by === 'both' ? 'long' : deed.by)
      await world.write(
        on,
        { number, bsuid: deed.by === 'bsuid' || deed.by === 'both' ? human.bsuid : undefined },
        deed.body,
      )
      return true
    }
    case 'consent':
      return world.consent(on, spelled(human, deed.of), deed.state)
    case 'tell':
      return world.tell(on, human.number, human.bsuid)
    case 'change number':
      return false
    case 'hold':
      for (const [id, of] of model.accepted) if (of === human) await world.hold(on, id)
      return true
    case 'send':
      await world.send(on, deed.answer)
      return true
    case 'status': {
      const theirs = [...model.accepted].flatMap(([id, of]) => (of === human ? [id] : []))
      return world.status(on, human.number, theirs, deed.word)
    }
    case 'echo':
      await world.echo(on, human.number)
      return true
    case 'erase':
      return world.erase(on, spelled(human, deed.by))
  }
}

/** A change of number, when nothing else of theirs is under way: what came in the same second would be of either. */
async function changeNumber(model: Model, human: Human): Promise<void> {
  const before = { number: human.number, bsuid: human.bsuid }
  const after = { number: numberOf(), bsuid: bsuidOf() }
  await world.changeNumber(world.postgres, before, after)
  for (const id of Object.values(after)) human.ids.add(id)
  model.join(before.number, before.bsuid, after.number, after.bsuid)
  Object.assign(human, after)
}

async function expectPromises(model: Model, done: Done[], log: readonly string[]): Promise<void> {
  const { db } = world.postgres
  const story = () => `\n${done.map(({ deed, did }) => `${JSON.stringify(deed)} ${did}`).join('\n')}\n${log.join('\n')}`

  const { rows: strays } = await sql<{ what: string }>`
    select 'an id of somebody gone' as what from contact_identities i join contacts c on c.id = i.contact_id
      where c.merged_into is not null or c.erased_at is not null
    union all select 'an intent in a conversation that is none' from intents i left join conversations v on v.id = i.conversation_id
      left join contacts c on c.id = v.contact_id
      -- one that keeps its turn, because the other conversation's is taken too, stays until it is over, and is looked for
      where c.id is null or c.merged_into is not null or (v.merged_into is not null and not (v.unfolded_since is not null and exists (
        select from turns t where t.intent_id = i.id and t.conversation_id = v.id)))
    union all select 'a consent of somebody gone' from consents k join contacts c on c.id = k.contact_id where c.merged_into is not null
    union all select 'a message in a conversation that is none' from inbound_messages m join conversations v on v.id = m.conversation_id
      where v.merged_into is not null
    union all select 'somebody without any id' from contacts c
      where c.merged_into is null and not exists (select from contact_identities i where i.contact_id = c.id)
    union all select 'what was sent in a conversation that is none' from messages m left join conversations v on v.id = m.conversation_id
      where v.id is null or v.merged_into is not null
    union all select 'a message of ours that nobody asked for' from messages m
      where m.intent_id is not null and not exists (select from intents i where i.id = m.intent_id)
    union all select 'an attempt at nothing' from attempts a where not exists (select from intents i where i.id = a.intent_id)
    union all select 'a bucket of nobody' from pair_buckets b where not exists (select from conversations v where v.id = b.conversation_id)
    union all select 'a turn that nobody has' from turns t left join intents i on i.id = t.intent_id and i.conversation_id = t.conversation_id
      where i.id is null
    union all select 'on its way, and nobody waits for the answer' from intents where state in ('dispatching', 'in_doubt')
    union all select 'sent without a message' from intents i where i.state = 'sent' and not exists (
      select from messages m where m.intent_id = i.id and m.conversation_id = i.conversation_id)
    union all select 'a webhook that failed: ' || error from webhook_events where state = 'failed'
    union all select 'a job that failed: ' || error from jobs where state = 'failed'
    union all select 'waits for a window that is open' from intents i join conversations v on v.id = i.conversation_id
      where i.waits_kind is not null and v.last_inbound_at > now() - interval '23 hours'`.execute(db)
  expect(strays, story()).toEqual([])

  const { rows: kept } = await sql<{ id: IntentId }>`select id::text as id from intents`.execute(db)
  const there = new Set(kept.map(({ id }) => id))
  for (const id of model.accepted.keys()) {
    if (there.has(id)) continue
    const { rows: told } = await sql`
      select from outbox where subject = ${id} and kind in ('intent.cancelled', 'intent.sent')`.execute(db)
    expect(told.length, `${id} is gone and nobody was told${story()}`).toBeGreaterThan(0)
    model.accepted.delete(id)
  }

  expect(model.inversions(world.sent), story()).toEqual([])

  for (const human of model.humans) {
    for (const id of human.ids) {
      const owner = await world.ownerOf(id)
      for (const other of model.groupOf(id)) {
        const also = await world.ownerOf(other)
        if (owner !== null && also !== null) expect(also, `${id} and ${other} are one${story()}`).toBe(owner)
      }
      if (model.saidNo(id)) expect(await world.marketingOf(id), `${id} said no${story()}`).toBe('out')
    }
    await expectErased(model, human, done, story)
  }
}

/** Of whoever was erased while nothing else happened to them nothing is left but what is theirs under ids that nobody knew of. */
async function expectErased(model: Model, human: Human, done: Done[], story: () => string): Promise<void> {
  const own = done.filter((one) => one.human === human)
  if (own.length !== 1 || own[0]?.deed.kind !== 'erase' || !own[0].did) return
  const by = own[0].deed.by === 'bsuid' ? human.bsuid : human.number
  for (const id of model.erasedWith(by)) {
    const values = spellingsOf(keyOf(id)).map((spelling) => `%${spelling}%`)
    for (const table of tables) {
      const { rows: left } = await sql<{ row: string }>`
        select t::text as row from ${sql.table(table)} t where t::text like any (${values}::text[])`.execute(
        world.postgres.db,
      )
      expect(left, `${id} in ${table}${story()}`).toEqual([])
    }
  }
}

it(
  'keeps its promises to people, whatever comes between two statements',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(burst, { minLength: 2, maxLength: 6 }), async (bursts) => {
        const model = new Model()
        await world.forget()
        for (const { deeds, seed } of bursts) {
          const turns = statementTurns(world.postgres, seededRandom(seed))
          const done: Done[] = []
          const together = deeds.filter(({ deed }) => deed.kind !== 'change number')
          await turns.run(
            Object.fromEntries(
              together.map(({ human: which, deed }, i) => [
                `${i} ${deed.kind}`,
                async (on: Postgres) => {
                  const human = model.humans[which] as Human
                  done.push({ human, deed, did: await perform(model, human, deed, on) })
                },
              ]),
            ),
          )
          await world.settle()
          conclude(model, done)
          await expectPromises(model, done, turns.log)
          for (const { human } of deeds.filter(({ deed }) => deed.kind === 'change number')) {
            await changeNumber(model, model.humans[human] as Human)
            await world.settle()
            await expectPromises(model, [], ['change number'])
          }
        }
      }),
      { numRuns: 500, interruptAfterTimeLimit: SECONDS * 1_000, markInterruptAsFailure: false, endOnFailure: true },
    )
  },
  3 * SECONDS * 1_000,
)
