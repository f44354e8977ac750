import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IntentId } from '../../src/domain/ids.ts'
import { templateStatusClass } from '../../src/domain/template.ts'
import { cancelByIds, expireIntents } from '../../src/store/intents/waiting.ts'
import { inTransaction } from '../../src/store/pg/postgres.ts'
import { eventually } from '../support/signals.ts'
import { type Fate, faultyPostgres } from './faulty-postgres.ts'
import { createMiniature, GRACE_MS, type MetaMood, type Miniature, type Pools } from './miniature.ts'

/*
 * The process dies after every statement of every way into a wait and out of one; and where something ends a wait from outside, that comes
 * after the death or before the last statement. Then the leader looks after it, as it does every few seconds:
 * whoever need not wait has been let go, and whoever must still waits.
 */

const text = { type: 'text', text: { body: 'Hello' } }
const template = { type: 'template', template: { name: 'keep_helping', language: { code: 'en' } } }
const HOLDS = { message: text, when_closed: 'hold' }
const INVITES = { message: text, when_closed: { follow_up: { name: 'keep_helping', language: 'en', decline: ['No'] } } }

interface Cast {
  /** Two people, or one under two numbers. */
  waId: string
  other: string
  ids: IntentId[]
}

interface Way {
  name: string
  prepare(cast: Cast): Promise<void>
  /** Dies somewhere. */
  go(on: Pools, cast: Cast): Promise<unknown>
  /** What they are in the end: `held window`, `sent`, `cancelled`. */
  ends: string
  /** Ends the wait from outside; afterwards they are sent. */
  ended?: { by(cast: Cast): Promise<void>; between: boolean }
}

let casement: Miniature
let strangers = 0
/** Of the try that is under way. */
let current: Cast
beforeAll(async () => {
  casement = await createMiniature()
})
afterAll(() => casement.close())

const stranger = () => `5511${String(980_000_000 + ++strangers)}`
const moods = (...those: MetaMood[]) => casement.moods.splice(0, casement.moods.length, ...those)
const query = (words: string, values: unknown[] = []) => casement.postgres.pool.query(words, values)
const enqueue = async (cast: Cast, intent: object, to = cast.waId) => {
  cast.ids.push(...(await casement.enqueue({ to: { wa_id: to }, ...intent })))
}
const dispatchAll = async () => {
  while (await casement.dispatch()) {}
}
const templateIs = (status: string) => query('update templates set status = $1', [status])
const approve = () =>
  casement.hear(
    {
      ...{ event: 'APPROVED', message_template_id: 7001, reason: 'NONE' },
      ...{ message_template_name: 'keep_helping', message_template_language: 'en' },
    },
    'message_template_status_update',
  )
const writes = ({ waId }: Cast, body: string) =>
  casement.hear({ messages: [message({ from: waId, type: 'text', text: { body } })] })
const changesNumber = ({ waId, other }: Cast) =>
  casement.hear({
    messages: [message({ from: waId, type: 'system', system: { type: 'user_changed_number', wa_id: other } })],
  })
const handsBack = ({ waId }: Cast) =>
  casement.hear(
    {
      recipient: { phone_number_id: casement.sender },
      sender: { phone_number: waId },
      timestamp: seconds(),
      type: 'control_passed',
      control_passed: { previous_owner_role: 'ai_agent', new_owner_role: 'escalation' },
    },
    'messaging_handovers',
  )
const seconds = () => String(Math.floor(Date.now() / 1_000))
const message = (more: object) => ({ id: `wamid.out.${++strangers}`, timestamp: seconds(), ...more })
const invitationOf = async ({ ids }: Cast): Promise<IntentId> =>
  (await query('select id from intents where follow_up_of = $1', [ids[0]])).rows[0].id

const byWriting = { by: ({ waId }: Cast) => casement.customerWrites(waId), between: true }
const applying = ({ postgres }: Pools) => casement.apply(postgres)
const dispatching = (on: Pools) => casement.dispatch(on)

async function held(cast: Cast, intent: object): Promise<void> {
  await enqueue(cast, intent)
  await dispatchAll()
}

const WAYS: Way[] = [
  {
    name: 'waiting for the window',
    prepare: (cast) => enqueue(cast, HOLDS),
    go: dispatching,
    ends: 'held window',
    ended: byWriting,
  },
  {
    name: 'waiting for an answer',
    prepare: (cast) => enqueue(cast, INVITES),
    go: dispatching,
    ends: 'held answer',
    ended: byWriting,
  },
  {
    name: 'sending the invitation',
    async prepare(cast) {
      await enqueue(cast, INVITES)
      await casement.dispatch()
    },
    go: dispatching,
    ends: 'held answer',
    ended: byWriting,
  },
  {
    name: 'waiting for a template',
    async prepare(cast) {
      await templateIs('PAUSED')
      await enqueue(cast, { message: template })
    },
    go: dispatching,
    ends: 'held template',
    ended: {
      async by() {
        await approve()
        await casement.apply()
      },
      between: true,
    },
  },
  {
    name: 'waiting for a template that Meta refuses',
    async prepare(cast) {
      await enqueue(cast, { message: template })
      moods('has paused the template')
    },
    go: dispatching,
    ends: 'held template',
  },
  {
    name: 'waiting for another responder',
    async prepare(cast) {
      await casement.customerWrites(cast.waId)
      await enqueue(cast, HOLDS)
      moods('has another responder')
    },
    go: dispatching,
    ends: 'held responder',
  },
  {
    name: 'a customer who writes',
    async prepare(cast) {
      await held(cast, HOLDS)
      await writes(cast, 'Hi')
    },
    go: applying,
    ends: 'sent',
  },
  {
    name: 'an answer',
    async prepare(cast) {
      await held(cast, INVITES)
      await writes(cast, 'Yes')
    },
    go: applying,
    ends: 'sent',
  },
  {
    name: 'an answer that declines',
    async prepare(cast) {
      await held(cast, INVITES)
      await writes(cast, 'No')
    },
    go: applying,
    ends: 'cancelled',
  },
  {
    name: 'an invitation that expires',
    async prepare(cast) {
      await enqueue(cast, INVITES)
      await casement.dispatch()
      await query(
        `update intents set send_at = send_at - interval '1 hour', due_at = due_at - interval '1 hour',
           expires_at = casement_now() - interval '1 second' where id = $1`,
        [await invitationOf(cast)],
      )
    },
    go: ({ postgres }) => expireIntents(postgres.db, 100),
    ends: 'held',
  },
  {
    name: 'an invitation that Meta refuses',
    async prepare(cast) {
      await enqueue(cast, INVITES)
      await casement.dispatch()
      moods('refuses')
    },
    go: dispatching,
    // They cannot be reached, by a template at least.
    ends: 'failed',
  },
  {
    name: 'an invitation that is cancelled',
    async prepare(cast) {
      await enqueue(cast, INVITES)
      await casement.dispatch()
    },
    async go({ postgres }, cast) {
      const invitation = await invitationOf(cast)
      await inTransaction(postgres.pool, (trx) =>
        cancelByIds(trx, [invitation], { code: 'by_request', text: 'Not now.' }),
      )
    },
    ends: 'held',
  },
  {
    name: 'a template that is approved',
    async prepare(cast) {
      await templateIs('PAUSED')
      await held(cast, { message: template })
      await approve()
    },
    go: applying,
    ends: 'sent',
  },
  {
    name: 'a customer who is handed back',
    async prepare(cast) {
      await casement.customerWrites(cast.waId)
      moods('has another responder', 'accepts')
      await held(cast, HOLDS)
      await handsBack(cast)
    },
    go: applying,
    ends: 'sent',
  },
  {
    name: 'a merge with somebody whose window is open',
    async prepare(cast) {
      await casement.customerWrites(cast.waId)
      await enqueue(cast, HOLDS, cast.other)
      await dispatchAll()
      await changesNumber(cast)
    },
    go: applying,
    ends: 'sent',
  },
  {
    name: 'a merge of two who wait',
    async prepare(cast) {
      await enqueue(cast, HOLDS)
      await enqueue(cast, HOLDS, cast.other)
      await dispatchAll()
      await changesNumber(cast)
    },
    go: applying,
    ends: 'held window',
    ended: { by: ({ other }) => casement.customerWrites(other), between: false },
  },
  {
    name: 'a merge of two who were invited',
    async prepare(cast) {
      await enqueue(cast, INVITES)
      await enqueue(cast, INVITES, cast.other)
      await casement.dispatch()
      await casement.dispatch()
      await changesNumber(cast)
    },
    go: applying,
    ends: 'held answer',
    ended: { by: ({ other }) => casement.customerWrites(other), between: false },
  },
]

/** The process dies when `n` statements are done. `meanwhile` comes before the last of them. */
function death(n: number, meanwhile: () => Promise<void> = async () => {}) {
  const counter = { calls: 0 }
  let dead = false
  const fate: Fate = async (run) => {
    if (dead || n === 0) throw new Error('the process is dead')
    counter.calls += 1
    if (counter.calls !== n) return run()
    await meanwhile()
    dead = true
    await run()
    throw new Error('the process died')
  }
  return { counter, fate }
}

async function prepared({ prepare }: Way): Promise<Cast> {
  await casement.forget()
  await templateIs('APPROVED')
  moods('accepts')
  const cast: Cast = { waId: stranger(), other: stranger(), ids: [] }
  await prepare(cast)
  current = cast
  return cast
}

const pools = (fate: Fate): Pools => ({
  postgres: faultyPostgres(casement.postgres, fate),
  graph: (send) => fate(send),
})

/** Somebody who died has a payload in hand until the server has noticed it. */
const allApplied = () =>
  eventually(async () => {
    await casement.apply()
    return (await query(`select from webhook_events where state = 'pending'`)).rowCount === 0
  })

async function recover(): Promise<void> {
  for (let round = 0; round < 4; round++) {
    await allApplied()
    await casement.report()
    await casement.sweep()
    await casement.lookAfter()
    await dispatchAll()
    if ((await casement.underWay()) === 0 && (await casement.lookAfter()) === 0) return
    await casement.passTime(GRACE_MS)
    // Somebody writes, so the channel is known to be alive.
    await casement.customerWrites('15509999999')
    await casement.settleDoubts()
  }
}

interface Left {
  id: IntentId
  state: string
  kind: string | null
  open: boolean
  invitation: string | null
  template: string | null
  free_form: boolean
}

async function leftOf(ids: IntentId[]): Promise<Left[]> {
  const { rows } = await query(
    `select i.id, i.state, i.waits_kind as kind, f.state as invitation, t.status as template, i.message ->> 'type' <> 'template' as free_form,
       coalesce(v.last_inbound_at > casement_now() - interval '23 hours', false) as open
     from intents i join conversations v on v.id = i.conversation_id left join intents f on f.id = i.follow_up_id
     left join templates t on t.name = i.waits_template where i.id = any ($1::uuid[]) order by i.seq`,
    [ids],
  )
  return rows
}

/** Whether a wait still has what it waits for before it. */
function mustWait({ kind, open, invitation, template, free_form }: Left): boolean {
  if (kind === 'responder') return true
  if (kind === 'template') return templateStatusClass(template ?? '') === 'waiting' && !(free_form && open)
  if (open) return false
  return kind === 'window' || !['failed', 'expired', 'cancelled', 'suppressed', null].includes(invitation)
}

async function expectEnd(cast: Cast, ends: string): Promise<void> {
  const left = await leftOf(cast.ids)
  expect(left).toHaveLength(cast.ids.length)
  for (const one of left) {
    const words = one.state === 'held' ? `held ${one.kind}` : one.state
    expect(words.startsWith(ends), `${words} where ${ends} was expected`).toBe(true)
    if (one.state === 'held') expect(mustWait(one), JSON.stringify(one)).toBe(true)
    const times = casement.accepted.filter(({ intentId }) => intentId === one.id).length
    expect(times, 'times that Meta has it').toBe(one.state === 'sent' ? 1 : 0)
  }
  const { rows: asked } = await query('select id from intents where follow_up_of is not null')
  const invitations = casement.accepted.filter(({ intentId }) => asked.some(({ id }) => id === intentId))
  expect(invitations.length, 'invitations that Meta has').toBeLessThanOrEqual(1)
}

async function tried(way: Way, fate: Fate, ends: string, what: string, then?: (cast: Cast) => Promise<void>) {
  const cast = await prepared(way)
  await way.go(pools(fate), cast).catch(() => {})
  await then?.(cast)
  try {
    await recover()
    await expectEnd(cast, ends)
  } catch (error) {
    ;(error as Error).message = `${what}: ${(error as Error).message}`
    throw error
  }
}

describe('a process that dies at any statement', { timeout: 300_000 }, () => {
  it.each(WAYS)('of $name leaves nobody waiting who need not, and lets nobody go who must', async (way) => {
    const clean = death(Number.POSITIVE_INFINITY)
    await tried(way, clean.fate, way.ends, 'without a death')
    const all = clean.counter.calls
    expect(all).toBeGreaterThan(0)
    const { ended } = way
    for (let n = 0; n <= all; n++) {
      const when = `dead after ${n} statements of ${all}`
      await tried(way, death(n).fate, way.ends, when)
      if (ended) await tried(way, death(n).fate, 'sent', `${when}, then ended`, ended.by)
      if (!ended?.between || n === 0) continue
      const between = death(n, () => ended.by(current))
      // A page that takes long looks where the next begins, which is a statement more; without it this death comes after the last.
      const atLast = async (cast: Cast) => {
        if (between.counter.calls < n) await ended.by(cast)
      }
      await tried(way, between.fate, 'sent', `${when}, ended before the last`, atLast)
    }
  })
})
