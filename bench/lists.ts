import { allOf } from '../src/domain/access.ts'
import type { IntentId, WorkspaceId } from '../src/domain/ids.ts'
import { SHOWN_STATES } from '../src/domain/shown-state.ts'
import { HOUR_MS, type Instant, instant } from '../src/domain/time.ts'
import { type ConversationSelection, placeConversations } from '../src/store/conversations/list.ts'
import { NO_FILTER } from '../src/store/conversations/list-filters.ts'
import { readConversationsAt } from '../src/store/conversations/reads.ts'
import { countByReason, countIntents } from '../src/store/intents/count.ts'
import { findIntents } from '../src/store/intents/find.ts'
import { placeIntents } from '../src/store/intents/list.ts'
import type { IntentSelection } from '../src/store/intents/list-filters.ts'
import { readIntent, readIntents } from '../src/store/intents/reads.ts'
import { type Db, openPostgres } from '../src/store/pg/postgres.ts'
import { seedIntents } from '../test/support/many-intents.ts'
import { populate, query, SENDER } from './lab.ts'
import { percentile, type Row, rounded, type Suite } from './suite.ts'

/*
 * What every list costs over a past of many intents, beside the reading of one intent by its id: pages of 100, as the API reads them. The
 * past is written by SQL, so the suite may be as large as the disk: a million intents are 0.8 GB, and a minute or so.
 */

const NUMBERS = 20
const LIMIT = 100
const HERE = allOf('default' as WorkspaceId)
const SEARCHED = { purview: HERE, limit: LIMIT }

export const lists: Suite = {
  title: ({ messages, rounds }) => `lists of ${messages} intents, pages of ${LIMIT}, ${rounds} of each`,
  async run(lab, { messages, rounds, only }, progress) {
    const url = await lab.freshDatabase()
    await populate(url, { senders: NUMBERS, throughputMps: 80, messages: 0 })
    const postgres = openPostgres({ url, max: 2, applicationName: 'bench lists', onError: () => {} })
    try {
      const { db } = postgres
      const senders = Array.from({ length: NUMBERS }, (_, n) => String(BigInt(SENDER) + BigInt(n)))
      const contact = await seedIntents(db, HERE.workspace, senders, messages, (done) => progress(`${done} intents`))
      await query(url, 'vacuum analyze')
      progress('analyzed')
      const [one] = await query<{ id: IntentId }>(url, 'select id from intents order by id limit 1')
      const id = one?.id as IntentId
      const now = Date.now()
      const middle = instant(now - (messages / 2) * 1000)

      const intents: [string, Partial<IntentSelection>][] = [
        ['intents', {}],
        ...SHOWN_STATES.map((state): [string, Partial<IntentSelection>] => [`state=${state}`, { state }]),
        ['sender', { sender: senders[7] as string }],
        ['sender, state=failed', { sender: senders[7] as string, state: 'failed' }],
        ['sender, state=queued', { sender: senders[7] as string, state: 'queued' }],
        ['reason=graph_refused', { reason: 'graph_refused' }],
        ['reason, state that it never has', { reason: 'graph_refused', state: 'expired' }],
        ['to somebody', { contactId: String(Number(contact) + 77) as never }],
        ['to the one who got most', { contactId: contact }],
        ['since an hour', { since: instant(now - HOUR_MS) }],
        ['until the middle', { until: middle }],
        ['until the middle, state=sent', { until: middle, state: 'sent' }],
        ['an hour in the middle', { since: middle, until: (middle + HOUR_MS) as Instant }],
      ]
      const conversations: [string, Partial<ConversationSelection>][] = [
        ['conversations', {}],
        ['open', { open: true }],
        ['closed', { open: false }],
        ['window=closing', { window: 'closing' }],
        ['window=never', { window: 'never' }],
        ['of a sender', { sender: senders[7] as string }],
        ['q=a name that few have', { text: 'Ana 1000' }],
        ['q=a name that many have', { text: 'duda' }],
        ['q=a number', { text: '+1 500 000 1234' }],
        ['q=nobody', { text: 'nobody' }],
        ['q=two letters', { text: 'an' }],
      ]
      const candidates: [string, () => Promise<unknown>][] = [
        ['one intent by its id', () => readIntent(db, { ...HERE, id })],
        [
          'q=wamid',
          async () =>
            readIntents(db, HERE, await findIntents(db, HERE.workspace, { id: null, wamid: 'wamid.1', key: 'x' })),
        ],
        ...intents.map(([name, filter]): [string, () => Promise<unknown>] => [name, () => listIntents(db, filter)]),
        ...SHOWN_STATES.map((state): [string, () => Promise<unknown>] => [
          `count, state=${state}`,
          () => countIntents(db, { ...ANY, ...HERE_ALL, state }, COUNTED_UP_TO),
        ]),
        ['bulk, all that failed', () => countByReason(db, { ...ANY, ...HERE_ALL, state: 'failed' })],
        ['bulk, all that is held', () => countByReason(db, { ...ANY, ...HERE_ALL, state: 'held' })],
        ...conversations.map(([name, filter]): [string, () => Promise<unknown>] => [
          name === 'conversations' ? name : `conversations, ${name}`,
          () => listConversations(db, filter),
        ]),
      ]
      const rows: Row[] = []
      let baseline = Number.NaN
      for (const [name, run] of candidates) {
        if (rows.length > 0 && only !== undefined && !name.includes(only)) continue
        const times = await timesOf(run, rounds)
        if (rows.length === 0) baseline = percentile(times, 0.5)
        const [p50, p95] = [percentile(times, 0.5), percentile(times, 0.95)]
        rows.push({
          list: name,
          'p50 ms': rounded(p50),
          'p95 ms': rounded(p95),
          '× by its id': rounded(p50 / baseline),
        })
        progress(`${name}: ${rounded(p50)} ms`)
      }
      return rows
    } finally {
      await postgres.close()
    }
  },
}

/** As the API counts. */
const COUNTED_UP_TO = 10_000
const HERE_ALL = { purview: HERE }
const ANY = { reason: null, sender: null, contactId: null, ids: null, since: null, until: null }

async function listIntents(db: Db, filter: Partial<IntentSelection>) {
  const everything = {
    state: null,
    reason: null,
    sender: null,
    contactId: null,
    ids: null,
    since: null,
    until: null,
    before: null,
  }
  const { found } = await placeIntents(db, { ...everything, ...SEARCHED, ...filter })
  return readIntents(db, HERE, found)
}

async function listConversations(db: Db, filter: Partial<ConversationSelection>) {
  const everything = { ...NO_FILTER, sender: null, oldestFirst: false, after: null }
  const { found } = await placeConversations(db, { ...everything, ...SEARCHED, ...filter })
  return readConversationsAt(db, found)
}

/** Sorted, in milliseconds; the first one warms up. */
async function timesOf(run: () => Promise<unknown>, rounds: number): Promise<number[]> {
  await run()
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const began = performance.now()
    await run()
    times.push(performance.now() - began)
  }
  return times.toSorted((a, b) => a - b)
}
