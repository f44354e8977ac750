import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type SetUp, viewOfSetUp } from '../../src/app/set-up.ts'
import { viewOfSender } from '../../src/app/views/sender.ts'
import type { PhoneNumberId } from '../../src/domain/ids.ts'
import { readSender } from '../../src/store/accounts/sender-reads.ts'
import { CALLER, HERE, STRANGER } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'

const SET_UP: SetUp = { verifyToken: 'verify-me-please', hasAppSecret: true, isSandbox: false }
const BASE = 'https://hooks.example.com'

let rows: Rows
beforeAll(async () => {
  rows = await createRows()
  await sql`insert into workspaces (id, name) values ('another', 'Another')`.execute(rows.postgres.db)
})
afterAll(() => rows.close())

const setUp = (caller = CALLER, base: string | null = BASE, given = SET_UP) =>
  viewOfSetUp(rows.postgres.db, given, caller, base)

it('says what is missing, until a number is linked and a webhook has come', async () => {
  const { db } = rows.postgres
  const nothing = { verifyToken: null, hasAppSecret: false, isSandbox: false }
  expect(await setUp(CALLER, null, nothing)).toEqual({
    webhook_url: null,
    verify_token: null,
    number_linked: false,
    webhook_seen_at: null,
    missing: ['number', 'public_url', 'verify_token', 'app_secret', 'webhook'],
    sandbox: false,
  })
  // Of a number that nobody has linked yet: the operator of the installation waits for it.
  await sql`insert into webhook_events (payload) values ('{}')`.execute(db)
  expect((await setUp()).missing).toEqual(['number'])
  expect((await setUp(STRANGER)).missing).toEqual(['number', 'webhook'])
  await rows.linkSender()
  expect(await setUp()).toMatchObject({ number_linked: true, missing: [], webhook_url: `${BASE}/webhooks/whatsapp` })
  expect(await setUp(STRANGER)).toMatchObject({ number_linked: false })
})

it.each([
  'http://hooks.example.com',
  'https://localhost',
  'https://127.0.0.1:8443',
  'https://192.168.1.4',
  'https://[::1]',
])('knows that Meta does not call %s', async (base) => {
  expect((await setUp(CALLER, base)).missing).toContain('public_url')
  expect((await setUp(CALLER, base, { ...SET_UP, isSandbox: true })).missing).not.toContain('public_url')
})

it('tells the verify token to admins of default only', async () => {
  expect(await setUp()).toMatchObject({ verify_token: 'verify-me-please' })
  const others = [{ ...CALLER, scopes: ['read'] }, STRANGER, { ...CALLER, senders: ['1' as PhoneNumberId] }]
  for (const caller of others) expect(await setUp(caller as typeof CALLER)).toMatchObject({ verify_token: null })
})

it('shows how a number does: what is left of the limit, and its webhooks', async () => {
  const { db } = rows.postgres
  const sender = await rows.linkSender()
  const shown = async () => {
    const read = await readSender(db, HERE, sender)
    if (!read) throw new Error('expected the number to be linked')
    return viewOfSender(read)
  }
  expect(await shown()).toMatchObject({
    messaging_limit_left: null,
    messaging_limit_frees_at: null,
    webhook_seen_at: null,
    webhook_failed: 0,
  })
  const { rows: portfolios } = await sql<{ id: string }>`
    select w.portfolio_id as id from senders s join wabas w on w.id = s.waba_id where s.phone_number_id = ${sender}`.execute(
    db,
  )
  const portfolio = portfolios[0]?.id as string
  await sql`update portfolios set messaging_limit = 250 where id = ${portfolio}`.execute(db)
  await sql`
    insert into messaging_limit_buckets (portfolio_id, minute, used)
    values (${portfolio}, date_trunc('minute', casement_now()), 40), (${portfolio}, date_trunc('minute', casement_now()) - interval '3 days', 7)`.execute(
    db,
  )
  await sql`insert into webhook_channels (phone_number_id, told_at) values (${sender}, casement_now())`.execute(db)
  await sql`
    insert into webhook_events (workspace, numbers, payload, state)
    values ('default', array[${sender}], '{}', 'failed'), ('default', array['1'], '{}', 'failed'), ('another', array[${sender}], '{}', 'failed')`.execute(
    db,
  )
  const view = await shown()
  expect(view).toMatchObject({ messaging_limit_left: 210, webhook_failed: 1 })
  expect(Date.parse(view.webhook_seen_at as string)).toBeGreaterThan(0)
  const day = Date.parse(view.messaging_limit_frees_at as string) - (await rows.now())
  expect(day).toBeGreaterThan(23.9 * 3_600_000)
  expect(day).toBeLessThanOrEqual(24 * 3_600_000 + 60_000)
})
