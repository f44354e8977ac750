import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import {
  ANSWERS,
  type Answer,
  type DemoContact,
  readContacts,
  SITUATIONS,
  type Situation,
} from '../../src/cli/demo/contacts.ts'
import { expectedInvitations, expectedOutcome } from '../../src/cli/demo/oracle.ts'
import type { LedgerSend } from '../../src/cli/demo/phones.ts'
import {
  INVITATION,
  invitationValues,
  type PlayedIntent,
  POLICIES,
  type Policy,
  planIntents,
  SUBSTITUTE,
} from '../../src/cli/demo/plan.ts'
import { isUrgent, stampedAgoMs } from '../../src/cli/demo/situations.ts'
import type { Played } from '../../src/cli/demo/story.ts'
import { judge } from '../../src/cli/demo/verdict.ts'
import type { IntentView } from '../../src/cli/views.ts'
import type { WaId } from '../../src/domain/ids.ts'
import { parseRecipient, waIdCandidates } from '../../src/domain/recipient.ts'
import { emptyDirectory, intentAs } from './support.ts'

const CONTACTS = fileURLToPath(new URL('../../examples/contacts.csv', import.meta.url))
const DAY_MS = 24 * 60 * 60 * 1000

function contactOf(situation: Situation, answer: Answer, line = 2): DemoContact {
  const waId = `4477009001${String(line).padStart(2, '0')}`
  return { line, to: `+${waId}`, waId, name: 'Ruby Kershaw', language: 'en', situation, answer }
}

describe('the example contacts', () => {
  it('are a few hundred, with every situation and every answer in it', async () => {
    const contacts = await readContacts(CONTACTS)
    expect(contacts.length).toBeGreaterThanOrEqual(250)
    for (const situation of SITUATIONS) {
      const answers = contacts.filter((contact) => contact.situation === situation).map((contact) => contact.answer)
      expect(new Set(answers)).toEqual(new Set(ANSWERS))
    }
  })

  it('have numbers that Casement takes, and wa_ids it knows to be the same person', async () => {
    for (const { to, waId } of await readContacts(CONTACTS)) {
      const parsed = parseRecipient(to)
      expect(parsed.ok && parsed.recipient.kind === 'phone' && waIdCandidates(parsed.recipient.waId)).toContain(
        waId as WaId,
      )
    }
  })

  it('know other spellings in Brazil, Mexico and Argentina', async () => {
    const others = (await readContacts(CONTACTS)).filter(({ to, waId }) => to !== `+${waId}`)
    expect(new Set(others.map(({ to }) => to.slice(0, 3)))).toEqual(new Set(['+55', '+52', '+54']))
  })

  it('are refused with every bad line', async () => {
    const directory = emptyDirectory()
    mkdirSync(directory, { recursive: true })
    const path = join(directory, 'contacts.csv')
    const header = 'to,wa_id,name,language,situation,answer'
    const rows = [
      '+447700900101,,A,en,wrote,yes',
      '0770,,B,en,wrote,yes',
      '+447700900102,,C,en,slept,yes',
      '+447700900101,,D,en,wrote,no',
    ]
    writeFileSync(path, [header, ...rows].join('\n'))
    await expect(readContacts(path)).rejects.toMatchObject({
      problems: [{ path: 'line 3' }, { path: 'line 4' }, { path: 'line 5' }],
    })
  })
})

describe('the past of a contact', () => {
  const MARGIN_MS = 30_000

  it.each([0, 1, 19, 59])('leaves an open window only to who wrote or called in time (number %i)', (index) => {
    for (const situation of ['wrote', 'called'] as const) {
      expect(stampedAgoMs(situation, index, MARGIN_MS)).toBeLessThan(DAY_MS - 60_000)
    }
    for (const situation of ['ad', 'about_to_close'] as const) {
      const agoMs = stampedAgoMs(situation, index, MARGIN_MS) as number
      expect(agoMs).toBeLessThan(DAY_MS)
      expect(agoMs).toBeGreaterThan(DAY_MS - MARGIN_MS)
      expect(isUrgent(contactOf(situation, 'yes'))).toBe(true)
    }
    for (const situation of ['ad_unanswered', 'wrote_long_ago'] as const) {
      expect(stampedAgoMs(situation, index, MARGIN_MS)).toBeGreaterThan(DAY_MS)
    }
    expect(stampedAgoMs('silent', index, MARGIN_MS)).toBeNull()
  })
})

/** Outcomes for the answers yes, no and never. */
type Row = readonly [string, string, string]
const same = (outcome: string): Row => [outcome, outcome, outcome]
const SENT = same('sent text')
const FAILED = same('failed window_closed')
const REPLACED = same('sent order_update')
const WAITS: Row = ['sent text released', 'sent text released', 'held awaiting_window']
const ASKED: Row = ['sent text released', 'cancelled declined', 'held awaiting_answer']
const HELD_SHORTLY: Row = ['sent text released', 'sent text released', 'expired expired']

const OPEN: Record<Policy, Row> = {
  fail: SENT,
  hold: SENT,
  downgrade: SENT,
  follow_up: SENT,
  when_free_downgrade: SENT,
  when_free_follow_up: SENT,
}
const CLOSED: Record<Policy, Row> = {
  fail: FAILED,
  hold: HELD_SHORTLY,
  downgrade: REPLACED,
  follow_up: ASKED,
  when_free_downgrade: WAITS,
  when_free_follow_up: FAILED,
}
const FREE: Record<Policy, Row> = { ...CLOSED, when_free_downgrade: REPLACED, when_free_follow_up: ASKED }

const TABLE: Record<Situation, Record<Policy, Row>> = {
  wrote: OPEN,
  called: OPEN,
  ad: FREE,
  ad_unanswered: CLOSED,
  silent: CLOSED,
  about_to_close: CLOSED,
  wrote_long_ago: CLOSED,
}

describe('the oracle', () => {
  for (const situation of SITUATIONS) {
    it.each(POLICIES)(`says what becomes of ${situation} under %s`, (policy) => {
      const outcomes = ANSWERS.map((answer) => {
        const planned = planIntents([contactOf(situation, answer)]).find((one) => one.policy === policy)
        const { state, reason, arrives, released } = expectedOutcome(planned as PlayedIntent)
        return [state, reason ?? arrives, released ? 'released' : ''].join(' ').trim()
      })
      expect(outcomes).toEqual(TABLE[situation][policy])
    })
  }

  it.each(SITUATIONS)('invites %s once, or not at all', (situation) => {
    const isOpen = situation === 'wrote' || situation === 'called'
    expect(expectedInvitations(contactOf(situation, 'yes'))).toBe(isOpen ? 0 : 1)
  })
})

const SENDER = '91795349214029'

/** A run in which everything went as the rules say. */
function perfectRun(
  contacts: readonly DemoContact[],
): { -readonly [K in keyof Played]: Played[K] } & { ledger: LedgerSend[] } {
  const views = new Map<string, IntentView>()
  const ledger: LedgerSend[] = []
  const waited = new Set<string>()
  const send = (id: string, body: Record<string, unknown>, windowOpen: boolean) =>
    ledger.push({
      seq: ledger.length + 1,
      at: '2026-11-22T09:00:00.000Z',
      phone_number_id: SENDER,
      type: body.template ? 'template' : 'text',
      body,
      opaque: `${id}.1`,
      window_open: windowOpen,
      outcome: 'accepted',
      code: null,
    })
  const template = (name: string, values: readonly string[]) => ({
    template: { name, components: [{ type: 'body', parameters: values.map((text) => ({ type: 'text', text })) }] },
  })
  const see = (id: string, more: Record<string, unknown>) =>
    views.set(id, intentAs(String(more.state), { id, ...more }) as unknown as IntentView)

  const intents = planIntents(contacts).map((planned, index): PlayedIntent => {
    const id = `00000000-0000-7000-8000-${String(index).padStart(12, '0')}`
    const expected = expectedOutcome(planned)
    const sentAs = expected.arrives === null ? null : expected.arrives === 'text' ? 'free_form' : 'template'
    see(id, { state: expected.state, sent_as: sentAs, reason: expected.reason && { code: expected.reason, text: '' } })
    if (expected.released || expected.state === 'held') waited.add(id)
    if (expected.arrives === 'text') send(id, { text: { body: planned.text } }, true)
    if (expected.arrives === SUBSTITUTE) send(id, template(SUBSTITUTE, planned.substitute), false)
    if (planned.policy === 'follow_up' && expectedInvitations(planned.contact) > 0) {
      const invitation = `11111111-0000-7000-8000-${String(index).padStart(12, '0')}`
      see(invitation, { state: 'sent', sent_as: 'template', follow_up_of: id })
      send(invitation, template(INVITATION, Object.values(invitationValues(planned.contact))), false)
    }
    return { ...planned, id, refusal: null }
  })
  const opener = '22222222-0000-7000-8000-000000000000'
  see(opener, { state: 'sent', sent_as: 'template' })
  send(opener, template('hello_world', []), true)
  return { sender: SENDER, intents, views, waited, ledger, openers: new Set([opener]) }
}

describe('the verdict', () => {
  const everybody = SITUATIONS.flatMap((situation, i) =>
    ANSWERS.map((answer, j) => contactOf(situation, answer, 2 + i * ANSWERS.length + j)),
  )
  const texts = (run: Played) => run.ledger.filter((one) => one.type === 'text')
  const first = (run: Played, of: (intent: PlayedIntent) => boolean) => run.intents.find(of) as PlayedIntent

  it('finds nothing in a perfect run', () => {
    expect(judge(perfectRun(everybody))).toEqual([])
  })

  it('finds a message that arrived twice', () => {
    const run = perfectRun(everybody)
    run.ledger.push({ ...(texts(run)[0] as LedgerSend), seq: 10_000 })
    expect(judge(run)).toMatchObject([{ about: expect.stringContaining('on the phone') }])
  })

  it('finds a message that never arrived', () => {
    const run = perfectRun(everybody)
    run.ledger = run.ledger.filter((one) => one !== texts(run)[0])
    expect(judge(run)).toMatchObject([{ got: 'nothing' }])
  })

  it('finds a message that changed on its way', () => {
    const run = perfectRun(everybody)
    ;(texts(run)[0] as LedgerSend).body = { text: { body: 'Something else' } }
    expect(judge(run)).toMatchObject([{ got: 'the text "Something else"' }])
  })

  it('finds a text that left outside its window', () => {
    const run = perfectRun(everybody)
    ;(texts(run)[0] as LedgerSend).window_open = false
    expect(judge(run)).toMatchObject([{ expected: 'free-form only while the window is open' }])
  })

  it('finds a text that Meta had to refuse', () => {
    const run = perfectRun(everybody)
    const id = first(run, (intent) => intent.policy === 'hold').id
    const refused = { ...(texts(run)[0] as LedgerSend), opaque: `${id}.1`, outcome: 'refused', code: 131047 } as const
    run.ledger.push({ ...refused, seq: 10_000 })
    expect(judge(run)).toMatchObject([{ got: expect.stringContaining('refused') }])
  })

  it('finds a message that nobody asked for', () => {
    const run = perfectRun(everybody)
    run.ledger.push({ ...(texts(run)[0] as LedgerSend), seq: 10_000, opaque: null })
    expect(judge(run)).toMatchObject([{ expected: 'only messages of known intents' }])
  })

  it('finds an ad that was answered twice', () => {
    const run = perfectRun(everybody)
    run.ledger.push({ ...(run.ledger.at(-1) as LedgerSend), seq: 10_000 })
    expect(judge(run)).toMatchObject([{ about: 'answer to an ad' }])
  })

  it('finds texts of one conversation that changed places', () => {
    const run = perfectRun([contactOf('wrote', 'yes')])
    const [one, other] = texts(run) as [LedgerSend, LedgerSend]
    ;[one.seq, other.seq] = [other.seq, one.seq]
    expect(judge(run)).toMatchObject([{ about: expect.stringContaining('order') }])
  })

  it('finds a second invitation', () => {
    const run = perfectRun([contactOf('silent', 'never')])
    const invitation = run.ledger.find((one) => JSON.stringify(one.body).includes(INVITATION)) as LedgerSend
    run.ledger.push({ ...invitation, seq: 10_000 })
    expect(judge(run)).toMatchObject([{ about: expect.stringContaining('invitation') }])
  })

  it('finds an outcome with another state, reason or form', () => {
    const run = perfectRun(everybody)
    const views = new Map(run.views)
    const change = (intent: PlayedIntent, more: Partial<IntentView>) => {
      const id = intent.id as string
      views.set(id, { ...(views.get(id) as IntentView), ...more })
    }
    change(
      first(run, (one) => one.policy === 'fail' && one.contact.situation === 'silent'),
      { state: 'held' },
    )
    change(
      first(run, (one) => one.policy === 'fail' && one.contact.situation === 'ad'),
      { reason: { code: 'expired', text: '' } },
    )
    change(
      first(run, (one) => one.policy === 'hold' && one.contact.situation === 'wrote'),
      { sent_as: 'template' },
    )
    expect(judge({ ...run, views })).toHaveLength(3)
  })

  it('finds an intent that the API refused', () => {
    const run = perfectRun([contactOf('silent', 'never')])
    const refused = run.intents.map((intent) =>
      intent.policy === 'fail' ? { ...intent, id: null, refusal: 'no' } : intent,
    )
    expect(judge({ ...run, intents: refused })).toMatchObject([{ got: 'no' }])
  })
})
