import { sql } from 'kysely'
import { allOf } from '../src/domain/access.ts'
import type { PhoneNumberId, WorkspaceId } from '../src/domain/ids.ts'
import { COST_KEYS, type CostKey, foldCosts, readCosts } from '../src/store/money/costs.ts'
import { readMoney } from '../src/store/money/money.ts'
import { type Db, openPostgres } from '../src/store/pg/postgres.ts'
import { populate, query, SENDER } from './lab.ts'
import { percentile, type Row, rounded, type Suite } from './suite.ts'

/*
 * What `GET /v1/costs` takes over a past of many messages, beside a plain sum over the messages themselves. The past is written by SQL, with
 * the triggers that count it: 90 days of 20 numbers, 8 markets and 4 categories, most of them told. Both have to come to the same amounts.
 */

const NUMBERS = 20
const DAYS = 90
const AT_ONCE = 50_000
const HERE = allOf('default' as WorkspaceId)
const MARKETS = ['Brazil', 'India', 'Germany', 'Mexico', 'Indonesia', 'Spain', 'Nigeria', 'North America']

export const costs: Suite = {
  title: ({ messages, rounds }) => `costs of ${messages} messages of ${DAYS} days, ${rounds} of each`,
  async run(lab, { messages, rounds, only }, progress) {
    const url = await lab.freshDatabase()
    await populate(url, {
      senders: NUMBERS,
      throughputMps: 80,
      messages: Math.max(NUMBERS, messages / 50),
      intents: false,
    })
    const postgres = openPostgres({ url, max: 2, applicationName: 'bench costs', onError: () => {} })
    try {
      const { db } = postgres
      const writtenMs = await writeMessages(db, messages, progress)
      progress(`written in ${rounded(writtenMs / 1_000)} s`)
      await query(url, 'vacuum analyze')
      const senders = Array.from({ length: NUMBERS }, (_, n) => String(BigInt(SENDER) + BigInt(n)) as PhoneNumberId)
      const { from, to } = await days(db)
      const month = { from: `${to.slice(0, 7)}-01`, to }
      await expectSameSums(db, { from, to })
      const candidates: [string, () => Promise<unknown>][] = [
        ['plain sum by day', () => plainSum(db, from, to)],
        ...COST_KEYS.map((by): [string, () => Promise<unknown>] => [
          `costs by ${by}`,
          () => readCosts(db, HERE, { from, to }, by),
        ]),
        ['costs of a month by day', () => readCosts(db, HERE, month, 'day')],
        [`what prices of ${NUMBERS} numbers depend on`, () => readMoney(db, senders)],
      ]
      const rows: Row[] = []
      let baseline = Number.NaN
      for (const [name, run] of candidates) {
        if (rows.length > 0 && only !== undefined && !name.includes(only)) continue
        const times = await timesOf(run, rounds)
        const [p50, p95] = [percentile(times, 0.5), percentile(times, 0.95)]
        if (rows.length === 0) baseline = p50
        rows.push({ sum: name, 'p50 ms': rounded(p50), 'p95 ms': rounded(p95), '× faster': rounded(baseline / p50) })
        progress(`${name}: ${rounded(p50)} ms`)
      }
      return rows
    } finally {
      await postgres.close()
    }
  },
}

/** In the order of time; what is counted meanwhile is folded as whoever leads does. */
async function writeMessages(db: Db, count: number, progress: (line: string) => void): Promise<number> {
  const began = performance.now()
  const { rows } = await sql<{ first: string; people: number }>`
    select min(id)::text as first, count(*)::int as people from conversations`.execute(db)
  const { first = '0', people = 1 } = rows[0] ?? {}
  for (let from = 0; from < count; from += AT_ONCE) {
    const to = Math.min(count, from + AT_ONCE) - 1
    await sql`
      insert into messages (wamid, intent_id, attempt, conversation_id, sent_as, status, accepted_at, priced_on, market, currency, category,
        expected_micros, free_because, told_category, told_type, actual_micros)
      select 'wamid.' || n, gen_random_uuid(), 1, ${first}::bigint + n % ${people}::int, case when c = 'service' then 'free_form' else 'template' end,
        case when n % 29 = 0 then 'failed' else 'delivered' end, at, at::date, (${MARKETS}::text[])[n % 8 + 1], 'USD', c,
        case when free then 0 else 1000 + n % 7000 end, case when free then 'free_tier' end,
        case when told then c end, case when told then case when free then 'free_customer_service' else 'regular' end end,
        case when told then case when free then 0 else 1000 + n % 7000 end end
      from (
        select n, (array['marketing', 'utility', 'authentication', 'service'])[n % 4 + 1] as c, n % 12 = 3 as free, n % 97 > 0 as told,
          now() - interval '1 day' * ${DAYS} * (1 - n::float8 / ${count}) as at
        from generate_series(${from}::int, ${to}::int) n
      ) n`.execute(db)
    while ((await foldCosts(db, 5_000)) > 0) {}
    if ((from / AT_ONCE) % 10 === 9) progress(`${to + 1} messages`)
  }
  return performance.now() - began
}

async function days(db: Db): Promise<{ from: string; to: string }> {
  const { rows } = await sql<{ from: string; to: string }>`
    select (now() - interval '1 day' * ${DAYS + 1})::date::text as from, (now() + interval '1 day')::date::text as to`.execute(
    db,
  )
  return rows[0] as { from: string; to: string }
}

interface PlainRow {
  key: string
  messages: string
  expected: string
  actual: string
}

async function plainSum(db: Db, from: string, to: string): Promise<PlainRow[]> {
  const { rows } = await sql<PlainRow>`
    select m.priced_on::text as key, m.currency, count(*)::text as messages, count(*) filter (where m.told_type = 'regular') as billable,
      count(*) filter (where m.told_type <> 'regular') as free, coalesce(sum(m.expected_micros), 0)::text as expected,
      coalesce(sum(m.actual_micros), 0)::text as actual
    from messages m join conversations c on c.id = m.conversation_id
    where c.workspace = 'default' and m.priced_on between ${from}::date and ${to}::date and m.status is distinct from 'failed'
    group by 1, 2 order by 1, 2`.execute(db)
  return rows
}

async function expectSameSums(db: Db, { from, to }: { from: string; to: string }): Promise<void> {
  const by: CostKey = 'day'
  const kept = (await readCosts(db, HERE, { from, to }, by)).filter(({ key }) => key !== null)
  const plain = await plainSum(db, from, to)
  const told = plain.map(({ key, messages, expected, actual }) => [key, messages, expected, actual].join(' '))
  const read = kept.map(({ key, messages, expected, actual }) => [key, messages, expected, actual].join(' '))
  if (told.join() !== read.join()) throw new Error('expected the sums that are kept to be those of the messages')
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
