import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { audienceCopying, copyWhole } from '../../src/app/audience-copying.ts'
import { feedOn } from '../../src/app/feeding.ts'
import { createPatience } from '../../src/app/patience.ts'
import type { AudienceSource, CampaignSource, ContactsSource } from '../../src/domain/campaign/audience-source.ts'
import type { PhoneNumberId } from '../../src/domain/ids.ts'
import * as audience from '../../src/store/campaigns/audience.ts'
import { appendLines, Batch } from '../../src/store/campaigns/audience-lines.ts'
import { endOfPage, holdList, readPeople } from '../../src/store/campaigns/copying.ts'
import { FIRST_LIST, type ListPlace, scrubLists } from '../../src/store/campaigns/people.ts'
import { inTransaction, type Postgres } from '../../src/store/pg/postgres.ts'
import { faultyPostgres } from '../faults/faulty-postgres.ts'
import { CALLER, STRANGER } from '../support/access.ts'
import { type CampaignsOn, campaignsOn } from '../support/lists.ts'
import { createRows, type Rows } from '../support/rows.ts'
import { eventually } from '../support/signals.ts'

const message = { type: 'text', text: { body: 'Hello {{name | there}}' } }
const SETTINGS = { windowMarginMs: 0, followUpCooldownMs: 0, requireOptIn: false, recipientReviewMs: 0 }
const CONTACTS: ContactsSource = {
  kind: 'contacts',
  text: null,
  language: null,
  marketing: null,
  attributes: {},
  sender: null,
  columns: ['name'],
}
const ANY = { states: null, reasons: null, delivered: null, read: null }

describe('a list of who is known', () => {
  let rows: Rows
  let campaigns: CampaignsOn
  let sender: PhoneNumberId
  /** What contacts of one test have in common. */
  let group: string
  beforeAll(async () => {
    rows = await createRows()
    campaigns = campaignsOn(rows.postgres)
    sender = await rows.linkSender()
  })
  afterAll(() => rows.close())
  beforeEach(() => {
    group = randomUUID()
  })

  let next = 0
  const digits = () => `551195${String(++next).padStart(7, '0')}`
  const query = async <T>(text: string, values: unknown[] = []) =>
    (await rows.postgres.pool.query(text, values)).rows as T[]

  async function person(given: { name?: string; language?: string; attributes?: object; from?: PhoneNumberId } = {}) {
    const { name = null, language = null, attributes = {}, from = sender } = given
    const { waId, contactId } = await rows.conversation(from, digits())
    await query('update contacts set name = $2, language = $3, attributes = $4 where id = $1', [
      contactId,
      name,
      language,
      { group, ...attributes },
    ])
    return { waId, contactId }
  }

  const inGroup = (): ContactsSource => ({ ...CONTACTS, attributes: { group } })

  async function draft(): Promise<string> {
    const made = await campaigns.createCampaign(CALLER, { name: 'Spring', sender, message })
    if (!made.ok) throw new Error(made.refusal.message)
    return made.value.id as string
  }

  const copy = (id: string, source: AudienceSource, caller = CALLER) => copyWhole(rows.postgres, caller, id, source)

  async function copied(id: string, source: AudienceSource) {
    const answer = await copy(id, source)
    if (!answer.ok) throw new Error(answer.refusal.message)
    return answer.value
  }

  const onList = (id: string) =>
    query<{ recipient: string; cells: string[]; line: number }>(
      `select r.recipient, r.cells::json as cells, r.line from campaign_recipients r join campaigns c on c.id = r.campaign_id
       where c.public_id = $1 and r.position <= c.total order by r.position`,
      [id],
    )

  const listsOf = async (id: string) => {
    const answer = await campaigns.listAudience(CALLER, id)
    if (!answer.ok) throw new Error(answer.refusal.message)
    return answer.value.data as { upload: number; state: string; accepted: number; columns: string[] }[]
  }

  async function upload(id: string, csv: string) {
    const stream = Readable.from([Buffer.from(csv)])
    return campaigns.importAudience(CALLER, id, { stream, charset: null, defaultCountry: undefined })
  }

  it('has the contacts of a filter with what is known of them, newest first', async () => {
    const ana = await person({ name: 'Ana', language: 'pt_BR', attributes: { city: 'Rio', visits: 3, vip: true } })
    const rui = await person({ name: 'Lima, "Rui"', attributes: { visits: 3 } })
    await person({ attributes: { visits: 4 } })
    const id = await draft()
    const source = { ...inGroup(), columns: ['name', 'language', 'time_zone', 'city', 'visits', 'vip', 'constructor'] }
    const answer = await copied(id, { ...source, attributes: { group, visits: '3' } })
    expect(answer).toEqual({ rows: 2, accepted: 2, duplicates: 0, invalid: 0, errors: [], errors_truncated: false })
    expect(await onList(id)).toEqual([
      { recipient: rui.waId, line: 2, cells: [`+${rui.waId}`, 'Lima, "Rui"', '', '', '', '3', '', ''] },
      { recipient: ana.waId, line: 3, cells: [`+${ana.waId}`, 'Ana', 'pt_BR', '', 'Rio', '3', 'true', ''] },
    ])
    expect(await listsOf(id)).toMatchObject([
      { upload: 1, state: 'ready', accepted: 2, columns: ['to', ...source.columns] },
    ])
    const spanish = await draft()
    expect(await copied(spanish, { ...inGroup(), language: 'pt_BR' })).toMatchObject({ accepted: 1 })
    expect(await onList(spanish)).toMatchObject([{ recipient: ana.waId }])
  })

  it('adds to what is there, and has everybody once', async () => {
    const [ana, rui] = [await person(), await person()]
    const id = await draft()
    await upload(id, `to,name\n+${ana.waId},Ana\n`)
    expect(await copied(id, inGroup())).toMatchObject({
      ...{ rows: 2, accepted: 1, duplicates: 1 },
      errors: [{ line: 3, to: `+${ana.waId}`, code: 'duplicate' }],
    })
    expect((await onList(id)).map(({ recipient }) => recipient)).toEqual([ana.waId, rui.waId])
    expect(await copied(id, inGroup())).toMatchObject({ rows: 2, accepted: 0, duplicates: 2 })
  })

  it('says who will not be written to, and can leave them out', async () => {
    const [out] = [await person(), await person()]
    await query(`update contacts set marketing = 'out' where id = $1`, [out.contactId])
    const id = await draft()
    expect(await copied(id, inGroup())).toMatchObject({
      accepted: 2,
      errors: [{ to: `+${out.waId}`, code: 'opted_out' }],
    })
    expect(await copied(await draft(), { ...inGroup(), marketing: 'unknown' })).toMatchObject({
      accepted: 1,
      errors: [],
    })
  })

  it('has nobody who is being erased, or turned out to be somebody else', async () => {
    const [kept, erased, merged] = [await person(), await person(), await person()]
    await query('update contacts set erased_at = now() where id = $1', [erased.contactId])
    await query('update contacts set merged_into = $2 where id = $1', [merged.contactId, kept.contactId])
    const id = await draft()
    await copied(id, inGroup())
    expect((await onList(id)).map(({ recipient }) => recipient)).toEqual([kept.waId])
  })

  it('writes to a BSUID of the portfolio that the number is of, and to no other', async () => {
    const [ours, theirs] = [await rows.linkSender({ portfolio: '900' }), await rows.linkSender({ portfolio: '901' })]
    const { contactId } = await person()
    await query('delete from contact_identities where contact_id = $1', [contactId])
    await query(
      `insert into contact_identities (workspace, scope, key, value, contact_id) values ($1, '900', 'BR.123', 'BR.123', $2)`,
      [CALLER.workspace, contactId],
    )
    const listed = async (from: PhoneNumberId) => {
      const made = await campaigns.createCampaign(CALLER, { name: 'Spring', sender: from, message })
      return copied(made.ok ? (made.value.id as string) : '', inGroup())
    }
    expect(await listed(ours)).toMatchObject({ rows: 1, accepted: 1 })
    expect(await listed(theirs)).toMatchObject({ rows: 1, accepted: 0, invalid: 1 })
  })

  it('has of contacts what the caller sees: of their workspace, and whom their numbers talk to', async () => {
    const other = await rows.linkSender()
    const [ana, rui] = [await person(), await person({ from: other })]
    const id = await draft()
    const recipients = async (source: AudienceSource, senders: PhoneNumberId[] | null = null) => {
      const at = await draft()
      const answer = await copy(at, source, { ...CALLER, senders } as typeof CALLER)
      return answer.ok ? (await onList(at)).map(({ recipient }) => recipient) : answer.refusal.code
    }
    expect(await recipients(inGroup())).toEqual([rui.waId, ana.waId])
    expect(await recipients(inGroup(), [sender])).toEqual([ana.waId])
    expect(await recipients({ ...inGroup(), sender: other })).toEqual([rui.waId])
    expect(await recipients({ ...inGroup(), sender: other }, [sender])).toBe('sender_unknown')
    expect(await copy(id, inGroup(), STRANGER)).toMatchObject({ ok: false, refusal: { status: 404 } })
    expect(await campaigns.listAudience(STRANGER, id)).toMatchObject({ ok: false, refusal: { status: 404 } })
    expect(await listsOf(id)).toEqual([])
  })

  it('is of drafts, one at a time, and columns have to be some', async () => {
    const id = await draft()
    const many = Array.from({ length: 256 }, (_, i) => `a${i}`)
    expect(await copy(id, { ...inGroup(), columns: many })).toMatchObject({ refusal: { status: 400 } })
    await inTransaction(rows.postgres.pool, (trx) => audience.beginUpload(trx, CALLER, id, randomUUID()))
    expect(await copy(id, inGroup())).toMatchObject({ refusal: { status: 409, code: 'upload_running' } })
    await query(`update campaigns set state = 'running' where public_id = $1`, [id])
    expect(await copy(id, inGroup())).toMatchObject({ refusal: { status: 409, code: 'wrong_state' } })
  })

  /** So many contacts of the group. */
  async function crowd(count: number): Promise<void> {
    const from = next + 1
    next += count
    await query(
      `with made as (
         insert into contacts (workspace, wa_id, attributes)
         select $1, '551195' || lpad(n::text, 7, '0'), jsonb_build_object('group', $2::text) from generate_series($3::integer, $4::integer) n
         returning id, wa_id)
       insert into contact_identities (workspace, key, value, contact_id) select $1, wa_id, wa_id, id from made`,
      [CALLER.workspace, group, from, next],
    )
  }

  it('comes after the answer where it is long, and is seen by nobody before all of it is there', async () => {
    await crowd(4_500)
    const id = await draft()
    const patience = createPatience({ onError: (error) => expect.unreachable(error.message), patienceMs: 0 })
    expect(await audienceCopying(rows.postgres, patience).copyAudience(CALLER, id, inGroup())).toEqual({
      ok: true,
      value: { upload: 1, state: 'loading' },
    })
    await eventually(async () => {
      const [list] = await listsOf(id)
      const { total } = await campaigns.counts(id)
      expect(total).toBeOneOf([0, 4_500])
      return list?.state === 'ready'
    })
    expect(await listsOf(id)).toMatchObject([{ state: 'ready', accepted: 4_500 }])
    const all = await onList(id)
    expect(new Set(all.map(({ recipient }) => recipient)).size).toBe(4_500)
    expect(all.map(({ line }) => line)).toEqual(all.map((_, i) => i + 2))
    await patience.stop()
  })

  it('is given up where the process ends, and leaves nothing', async () => {
    await crowd(4_500)
    const id = await draft()
    const patience = createPatience({ onError: () => {}, patienceMs: 0 })
    await audienceCopying(rows.postgres, patience).copyAudience(CALLER, id, inGroup())
    await patience.stop()
    expect(await listsOf(id)).toMatchObject([{ state: 'failed', accepted: 0, reason: { code: 'interrupted' } }])
    expect(await campaigns.counts(id)).toMatchObject({ total: 0 })
    expect(await copied(id, inGroup())).toMatchObject({ accepted: 4_500, duplicates: 0 })
  })

  it('is one of four of its workspace at a time, whose process may have died, and says so', async () => {
    await person()
    const others = [await draft(), await draft(), await draft(), await draft()]
    for (const other of others) {
      await query(
        `insert into campaign_uploads (campaign_id, id, header, to_column, state, copied, first_position, last_position, lease, leased_until)
         select id, 1, '{}', 0, 'loading', true, 1, 0, gen_random_uuid(), now() + interval '1 minute' from campaigns where public_id = $1`,
        [other],
      )
    }
    const id = await draft()
    expect(await copy(id, inGroup())).toMatchObject({ ok: false, refusal: { status: 503, code: 'busy' } })
    await query(`update campaign_uploads set leased_until = now() - interval '1 second' where state = 'loading'`)
    expect(await listsOf(others[0] as string)).toMatchObject([{ state: 'failed', reason: { code: 'interrupted' } }])
    expect(await copied(id, inGroup())).toMatchObject({ accepted: 1 })
  })

  it('has all of them or nobody, and takes a list, wherever it breaks off', async () => {
    const people = [await person(), await person()].map(({ waId }) => waId).toReversed()
    let broken = true
    for (let lost = 1; broken; lost += 1) {
      const id = await draft()
      let nth = 0
      // As if the process died there: nothing works from then on.
      const faulty: Postgres = faultyPostgres(rows.postgres, (run) => {
        nth += 1
        if (nth < lost) return run()
        throw Object.assign(new Error('dead'), { code: 'XX000' })
      })
      broken = await copyWhole(faulty, CALLER, id, inGroup()).then(
        ({ ok }) => !ok,
        () => true,
      )
      const { total } = await campaigns.counts(id)
      expect(total, `after ${lost}`).toBeOneOf([0, 2])
      await query(
        `update campaign_uploads set leased_until = now() - interval '1 second'
         where state = 'loading' and campaign_id = (select id from campaigns where public_id = $1)`,
        [id],
      )
      expect((await listsOf(id)).every(({ state }) => state === (total === 0 ? 'failed' : 'ready'))).toBe(true)
      const stranger = digits()
      expect(await upload(id, `to\n+${stranger}\n`), `after ${lost}`).toMatchObject({
        ok: true,
        value: { accepted: 1 },
      })
      expect((await onList(id)).map(({ recipient }) => recipient)).toEqual([...(total === 0 ? [] : people), stranger])
    }
  })

  it('is looked through by an erasure once whoever was read is written', async () => {
    const { waId, contactId } = await person()
    const id = await draft()
    const { pool, db } = rows.postgres
    const begun = await inTransaction(pool, (trx) => audience.beginUpload(trx, CALLER, id, randomUUID()))
    if (begun.kind !== 'begun') throw new Error('expected a lease')
    let scrubbed: Promise<void> = Promise.resolve()
    await inTransaction(pool, async (trx, client) => {
      await holdList(trx, begun.upload.campaign.row)
      const [read] = await readPeople(trx, [contactId], sender)
      expect(read?.address).toBe(waId)
      scrubbed = scrub(waId)
      await eventually(async () => {
        const waiting = await query(
          `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%for no key update%'`,
        )
        return waiting.length > 0
      })
      const batch = new Batch()
      batch.accept(2, waId, JSON.stringify([`+${waId}`]))
      await appendLines(client, begun.upload, 1, batch)
    })
    await scrubbed
    const lines = await query('select recipient, cells from campaign_recipients where campaign_id = $1', [
      begun.upload.campaign.row,
    ])
    expect(lines).toEqual([{ recipient: '', cells: '[]' }])

    async function scrub(value: string): Promise<void> {
      let place: ListPlace | null = FIRST_LIST
      while (place !== null) {
        const from: ListPlace = place
        ;({ place } = await db.transaction().execute((trx) => scrubLists(trx, CALLER.workspace, [value], from, 1_000)))
      }
    }
  })

  describe('of another campaign', () => {
    type End = [state: string, reason: string | null, status?: string]

    /** A campaign of these lists that was fed, whose recipients ended so. */
    async function fed(csvs: string[], ends: Record<string, End>): Promise<string> {
      const { id, row } = await campaigns.listed({ sender, message }, csvs[0] as string)
      for (const csv of csvs.slice(1)) await upload(id, csv)
      await campaigns.command(id, 'start')
      const pricing = { of: async () => new Map() }
      await feedOn({ postgres: rows.postgres, optOuts: rows.optOuts, settings: SETTINGS, pricing }, row)
      for (const { intent, who, conversation } of await query<{ intent: string; who: string; conversation: string }>(
        `select i.id as intent, i.conversation_id as conversation, r.recipient as who from campaign_intents l
         join campaign_recipients r using (campaign_id, position) join intents i on i.id = l.intent_id where l.campaign_id = $1`,
        [row],
      )) {
        const [state, reason, status] = ends[who] ?? ['sent', null]
        if (state === 'scheduled') continue
        await query(
          `update intents set state = $2, reason_code = $3, reason_text = $3, due_at = null, wamid = case when $2 = 'sent' then 'wamid.' || id end,
             sent_as = case when $2 = 'sent' then 'free_form' end where id = $1`,
          [intent, state, reason],
        )
        if (state !== 'sent') continue
        await query(
          `insert into messages (wamid, intent_id, conversation_id, status) values ('wamid.' || $1, $1::uuid, $2, $3)`,
          [intent, conversation, status ?? 'sent'],
        )
      }
      return id
    }

    const from = (id: string, outcome: Partial<CampaignSource> = {}): CampaignSource => ({
      kind: 'campaign',
      ...ANY,
      ...outcome,
      id,
    })

    it('has those whose message came to this', async () => {
      const [sent, delivered, read, refused, expired, blocked] = Array.from({ length: 6 }, digits) as [
        string,
        string,
        string,
        string,
        string,
        string,
      ]
      const ends: Record<string, End> = {
        [delivered]: ['sent', null, 'delivered'],
        [read]: ['sent', null, 'read'],
        [refused]: ['failed', 'graph_refused'],
        [expired]: ['expired', 'expired'],
        [blocked]: ['failed', 'recipient_blocked'],
      }
      const all = [sent, delivered, read, refused, expired, blocked]
      const source = await fed([`to,name\n${all.map((one) => `+${one},Ana`).join('\n')}\n`], ends)
      const those = async (outcome: Partial<CampaignSource>) => {
        const id = await draft()
        await copied(id, from(source, outcome))
        return (await onList(id)).map(({ recipient }) => recipient)
      }
      expect(await those({})).toEqual(all)
      expect(await those({ states: ['sent'] })).toEqual([sent, delivered, read])
      expect(await those({ states: ['failed', 'expired'] })).toEqual([refused, expired, blocked])
      expect(await those({ states: ['failed', 'expired'], reasons: ['graph_refused', 'expired'] })).toEqual([
        refused,
        expired,
      ])
      expect(await those({ delivered: true })).toEqual([delivered, read])
      expect(await those({ states: ['sent'], delivered: false })).toEqual([sent])
      expect(await those({ delivered: true, read: false })).toEqual([delivered])
      expect(await those({ read: false })).toEqual([sent, delivered, refused, expired, blocked])
      expect(await those({ states: ['sent'], reasons: ['expired'] })).toEqual([])
    })

    it('has nobody by an end that is not known yet, or not kept any more', async () => {
      const [queued, forgotten] = [digits(), digits()]
      const ends: Record<string, End> = { [queued]: ['scheduled', null] }
      const source = await fed([`to\n+${queued}\n+${forgotten}\n`], ends)
      await query(
        `delete from intents where id = (select l.intent_id from campaign_intents l join campaign_recipients r using (campaign_id, position)
         where r.recipient = $1)`,
        [forgotten],
      )
      expect(await copied(await draft(), from(source, { delivered: false }))).toMatchObject({ rows: 0 })
      expect(await copied(await draft(), from(source))).toMatchObject({ accepted: 2 })
    })

    it('has whom it had not come to when it was cancelled', async () => {
      const people = [digits(), digits()]
      const { id: source } = await campaigns.listed(
        { sender, message },
        `to\n${people.map((one) => `+${one}`).join('\n')}\n`,
      )
      await campaigns.command(source, 'start')
      await campaigns.command(source, 'cancel')
      const id = await draft()
      expect(await copied(id, from(source, { states: ['cancelled'], reasons: ['campaign_cancelled'] }))).toMatchObject({
        accepted: 2,
      })
    })

    it('puts the columns of all its lists side by side, and numbers in full', async () => {
      const [ana, rui] = [digits(), digits()]
      const source = await fed([`to,name,city\n+${ana},Ana,Rio\n`, `code,name,to\n7,Rui,+${rui}\n`], {})
      const id = await draft()
      await copied(id, from(source))
      expect((await listsOf(id))[0]?.columns).toEqual(['to', 'name', 'city', 'code'])
      expect((await onList(id)).map(({ cells }) => cells)).toEqual([
        [`+${ana}`, 'Ana', 'Rio', ''],
        [`+${rui}`, 'Rui', '', '7'],
      ])
    })

    it('writes to a BSUID of its portfolio, and to none of another', async () => {
      const [first, beside] = [await rows.linkSender({ portfolio: '910' }), await rows.linkSender({ portfolio: '910' })]
      const apart = await rows.linkSender({ portfolio: '911' })
      const number = digits()
      const { id: source } = await campaigns.listed({ sender: first, message }, `to\nBR.910abc\n+${number}\n`)
      await campaigns.command(source, 'start')
      const listed = async (by: PhoneNumberId) => {
        const made = await campaigns.createCampaign(CALLER, { name: 'Spring', sender: by, message })
        const id = made.ok ? (made.value.id as string) : ''
        const { errors } = await copied(id, from(source))
        return [(await onList(id)).map(({ recipient }) => recipient), errors.map(({ code }) => code)]
      }
      expect(await listed(first)).toEqual([['BR.910abc', number], []])
      expect(await listed(beside)).toEqual([['BR.910abc', number], []])
      expect(await listed(apart)).toEqual([[number], ['invalid']])
    })

    it('is read by so many bytes at a time, and by a line at least', async () => {
      const lines = Array.from({ length: 5 }, () => `+${digits()},${'é'.repeat(500)}`)
      const { row } = await campaigns.listed({ sender, message }, `to,name\n${lines.join('\n')}\n`)
      const end = (after: number, bytes: number) => endOfPage(rows.postgres.db, row, { after, upTo: 5 }, bytes)
      expect(await Promise.all([end(0, 3_500), end(0, 10), end(3, 10), end(4, 10), end(2, 1e6), end(5, 10)])).toEqual([
        3, 1, 4, 5, 5, 5,
      ])
    })

    it('has nobody who was erased', async () => {
      const [gone, kept] = [digits(), digits()]
      const source = await fed([`to\n+${gone}\n+${kept}\n`], {})
      await query(`update campaign_recipients set recipient = '', cells = '[]' where recipient = $1`, [gone])
      const id = await draft()
      expect(await copied(id, from(source))).toMatchObject({ rows: 1, accepted: 1 })
    })

    it('does not exist for whoever may not see it, and has to have begun', async () => {
      const source = await fed([`to\n+${digits()}\n`], {})
      const id = await draft()
      const other = await rows.linkSender()
      const made = await campaigns.createCampaign(CALLER, { name: 'Spring', sender: other, message })
      const theirs = made.ok ? (made.value.id as string) : ''
      const narrow = { ...CALLER, senders: [other] } as unknown as typeof CALLER
      const unknown = { ok: false, refusal: { status: 404, code: 'campaign_unknown' } }
      expect(await copy(theirs, from(source), narrow)).toMatchObject(unknown)
      expect(await copy(id, from(source), STRANGER)).toMatchObject(unknown)
      expect(await copy(id, from(randomUUID()))).toMatchObject(unknown)
      expect(await copy(id, from(theirs))).toMatchObject({ refusal: { status: 409, code: 'wrong_state' } })
      expect(await listsOf(id)).toEqual([])
    })
  })
})
