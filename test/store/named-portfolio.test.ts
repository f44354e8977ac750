import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createLearning } from '../../src/app/inbox.ts'
import { JOBS, jobRunner } from '../../src/app/jobs.ts'
import { identityOfBsuid } from '../../src/domain/identity.ts'
import { type Bsuid, type ContactId, DEFAULT_WORKSPACE, type PhoneNumberId } from '../../src/domain/ids.ts'
import { DAY_MS } from '../../src/domain/time.ts'
import { ensureConversations } from '../../src/store/conversations/ensure.ts'
import { startJob } from '../../src/store/jobs/jobs.ts'
import { recordConsent } from '../../src/store/people/consents.ts'
import { readContact } from '../../src/store/people/contacts.ts'
import { resolveContacts } from '../../src/store/people/resolve.ts'
import { inTransaction } from '../../src/store/pg/postgres.ts'
import { ERASE } from '../../src/usecases/erase-contact.ts'
import { learnIdentities } from '../../src/usecases/learn-identities.ts'
import { runJobs } from '../../src/usecases/run-jobs.ts'
import { HERE } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'

/*
 * An account goes under its own name until somebody says which portfolio it belongs to. Its people and what counts against its limit are
 * the same before and after.
 */

let rows: Rows
let next = 0
beforeAll(async () => {
  rows = await createRows()
})
afterAll(() => rows.close())

const newBsuid = () => `BR.${String(++next).padStart(18, '6')}` as Bsuid
const newPortfolio = () => `77${++next}`

async function meet(bsuid: Bsuid, scope: string): Promise<ContactId> {
  const [contact] = await inTransaction(rows.postgres.pool, (trx) =>
    resolveContacts(trx, DEFAULT_WORKSPACE, [identityOfBsuid(bsuid, scope)], rows.optOuts),
  )
  return contact as ContactId
}
const marketingOf = async (id: ContactId) => (await readContact(rows.postgres.db, id))?.marketing
const optOut = (id: ContactId) =>
  inTransaction(rows.postgres.pool, (trx) => recordConsent(trx, id, { category: 'marketing', state: 'out' }, 'api'))

async function nameIt(sender: PhoneNumberId, portfolioId: string): Promise<void> {
  const wabaId = await rows.wabaOf(sender)
  await rows.senders.link({
    workspace: HERE.workspace,
    phoneNumberId: sender,
    wabaId,
    accessToken: 'token',
    portfolioId,
  })
}

it('keeps whoever is known by a BSUID alone, and what they refused', async () => {
  const sender = await rows.linkSender()
  const [bsuid, portfolio] = [newBsuid(), newPortfolio()]
  const before = await meet(bsuid, await rows.wabaOf(sender))
  await optOut(before)
  await nameIt(sender, portfolio)
  expect(await meet(bsuid, portfolio)).toBe(before)
  expect(await marketingOf(before)).toBe('out')
})

it('keeps the refusal of whoever was erased before', async () => {
  const sender = await rows.linkSender()
  const [bsuid, portfolio] = [newBsuid(), newPortfolio()]
  const contact = await meet(bsuid, await rows.wabaOf(sender))
  await optOut(contact)
  await inTransaction(rows.postgres.pool, (trx) =>
    startJob(trx, DEFAULT_WORKSPACE, ERASE, contact, { contact, step: 'begin' }),
  )
  const runner = jobRunner({ postgres: rows.postgres, optOuts: rows.optOuts, onFailed: () => {} })
  while (await runJobs(runner, JOBS)) {}
  await nameIt(sender, portfolio)
  expect(await marketingOf(await meet(bsuid, portfolio))).toBe('out')
})

it('makes one of those who are known in two accounts of the portfolio', async () => {
  const [one, other] = [await rows.linkSender(), await rows.linkSender()]
  const [bsuid, portfolio] = [newBsuid(), newPortfolio()]
  const people = []
  for (const sender of [one, other]) {
    const contactId = await meet(bsuid, await rows.wabaOf(sender))
    await ensureConversations(rows.postgres.db, DEFAULT_WORKSPACE, [{ sender, contactId }])
    people.push(contactId)
  }
  expect(people[0]).not.toBe(people[1])
  await nameIt(one, portfolio)
  await nameIt(other, portfolio)
  const deps = {
    postgres: rows.postgres,
    optOuts: rows.optOuts,
    recipientReviewMs: DAY_MS,
    log: { info() {}, warn() {} },
  }
  await learnIdentities(createLearning(deps), 10)
  const { rows: left } = await sql<{ id: string }>`
    select id::text as id from contacts where id = any (${people}::bigint[]) and merged_into is null`.execute(
    rows.postgres.db,
  )
  expect(left).toEqual([{ id: people[0] }])
  expect(await meet(bsuid, portfolio)).toBe(people[0])
})

it('counts on what was sent against the limit, and keeps the limit', async () => {
  const sender = await rows.linkSender()
  const [waba, portfolio] = [await rows.wabaOf(sender), newPortfolio()]
  const { contactId } = await rows.conversation(sender)
  await sql`update portfolios set messaging_limit = 250, messaging_limit_at = now() where id = ${waba}`.execute(
    rows.postgres.db,
  )
  await sql`insert into messaging_limit_uses (portfolio_id, contact_id, at) values (${waba}, ${contactId}::bigint, now())`.execute(
    rows.postgres.db,
  )
  await nameIt(sender, portfolio)
  const { rows: uses } = await sql<{ portfolio_id: string; messaging_limit: number | null }>`
    select u.portfolio_id, p.messaging_limit from messaging_limit_uses u join portfolios p on p.id = u.portfolio_id
    where u.contact_id = ${contactId}::bigint`.execute(rows.postgres.db)
  expect(uses).toEqual([{ portfolio_id: portfolio, messaging_limit: 250 }])
})

it('changes nobody where an account went from one portfolio to another, whose BSUIDs are others', async () => {
  const sender = await rows.linkSender({ portfolio: newPortfolio() })
  const [bsuid, portfolio] = [newBsuid(), newPortfolio()]
  const { rows: was } = await sql<{ id: string }>`
    select portfolio_id as id from wabas where id = ${await rows.wabaOf(sender)}`.execute(rows.postgres.db)
  const before = await meet(bsuid, was[0]?.id as string)
  await nameIt(sender, portfolio)
  expect(await meet(bsuid, portfolio)).not.toBe(before)
})
