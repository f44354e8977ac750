import { PassThrough, Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { audienceServices } from '../../src/app/audience.ts'
import { campaignServices } from '../../src/app/campaigns.ts'
import { exportContact } from '../../src/app/contact-export.ts'
import { numberKey } from '../../src/domain/identity.ts'
import type { PhoneNumberId } from '../../src/domain/ids.ts'
import { spellingsOf } from '../../src/domain/recipient.ts'
import { FIRST_LIST, type ListPlace, scrubLists } from '../../src/store/campaigns/people.ts'
import { sweepCampaigns } from '../../src/store/campaigns/retention.ts'
import { CALLER, STRANGER } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'
import { eventually } from '../support/signals.ts'

const message = { type: 'text', text: { body: 'Hello {{name | there}}' } }

interface Imported {
  rows: number
  accepted: number
  duplicates: number
  invalid: number
  errors: { line: number; to: string | null; code: string; reason: string; reason_code: string }[]
  errors_truncated: boolean
}

describe('the list of a campaign', () => {
  let rows: Rows
  let campaigns: ReturnType<typeof campaignServices>
  let audience: ReturnType<typeof audienceServices>
  let sender: PhoneNumberId
  beforeAll(async () => {
    rows = await createRows()
    campaigns = campaignServices(rows.postgres)
    audience = audienceServices(rows.postgres)
    sender = await rows.linkSender()
  })
  afterAll(() => rows.close())

  async function draft(given: Record<string, unknown> = {}): Promise<string> {
    const made = await campaigns.createCampaign(CALLER, { name: 'Spring', sender, message, ...given })
    if (!made.ok) throw new Error(made.refusal.message)
    return made.value.id as string
  }

  function upload(id: string, list: string | Buffer | Readable, charset: string | null = null, home?: string) {
    const stream = list instanceof Readable ? list : Readable.from([Buffer.from(list as string)])
    return audience.importAudience(CALLER, id, { stream, charset, defaultCountry: home })
  }

  async function imported(id: string, list: string | Buffer, charset?: string | null, home?: string) {
    const answer = await upload(id, list, charset, home)
    if (!answer.ok) throw new Error(answer.refusal.message)
    return answer.value as unknown as Imported
  }

  async function refused(id: string, list: string | Buffer | Readable, charset: string | null = null) {
    const answer = await upload(id, list, charset)
    if (answer.ok) throw new Error('expected a refusal')
    return answer.refusal
  }

  async function recipients(
    id: string,
  ): Promise<{ recipient: string; line: number; cells: string[]; position: number }[]> {
    const { rows: found } = await rows.postgres.pool.query(
      `select r.recipient, r.line, r.cells::json as cells, r.position from campaign_recipients r join campaigns c on c.id = r.campaign_id
       where c.public_id = $1 order by position`,
      [id],
    )
    return found
  }

  async function total(id: string) {
    const campaign = await campaigns.getCampaign(CALLER, id)
    return campaign.ok && (campaign.value.counts as { total: number }).total
  }

  it('has each line once, with its cells', async () => {
    const id = await draft()
    expect(await imported(id, 'to,name\n+5511987654321,Ana\n+5511987654322,"Lima, Rui"\n')).toEqual({
      rows: 2,
      accepted: 2,
      duplicates: 0,
      invalid: 0,
      errors: [],
      errors_truncated: false,
    })
    expect(await recipients(id)).toEqual([
      { recipient: '5511987654321', line: 2, position: 1, cells: ['+5511987654321', 'Ana'] },
      { recipient: '5511987654322', line: 3, position: 2, cells: ['+5511987654322', 'Lima, Rui'] },
    ])
    expect(await total(id)).toBe(2)
  })

  it.each([
    [
      'array',
      '[{"to":"+5511987654321","name":"Ana"},{"to":"+55 11 8765-4321"},{"to":"12"},{"to":"+447911123456","x":1}]',
    ],
    [
      'lines',
      '{"to":"+5511987654321","name":"Ana"}\n{"to":"+55 11 8765-4321"}\n{"to":"12"}\n{"to":"+447911123456","x":1}',
    ],
  ] as const)('takes rows of JSON (%s), and says which it does not take', async (format, text) => {
    const id = await draft()
    const stream = Readable.from([Buffer.from(text)])
    const answer = await audience.importAudience(CALLER, id, {
      stream,
      charset: null,
      defaultCountry: undefined,
      format,
    })
    expect(answer).toMatchObject({
      ok: true,
      value: {
        ...{ rows: 4, accepted: 1, duplicates: 1, invalid: 2 },
        errors: [
          { line: 2, code: 'duplicate' },
          { line: 3, to: '12', code: 'invalid' },
          { line: 4, to: '+447911123456', code: 'columns' },
        ],
      },
    })
    expect(await recipients(id)).toMatchObject([{ line: 1, cells: ['+5511987654321', 'Ana'] }])
  })

  it.each([
    ['array', '[]', 'to'],
    ['array', '[{"phone":"+5511987654321"}]', 'to'],
    ['array', '[{"to":"+5511987654321"}', 'body'],
    ['lines', '', 'to'],
    ['lines', '{"to":"+5511987654321"}\nto', 'body'],
  ] as const)('refuses rows of JSON that are none: %s %s', async (format, text, field) => {
    const id = await draft()
    const stream = Readable.from([Buffer.from(text)])
    const answer = await audience.importAudience(CALLER, id, {
      stream,
      charset: null,
      defaultCountry: undefined,
      format,
    })
    expect(answer).toMatchObject({ ok: false, refusal: { status: 400, field } })
    expect(await total(id)).toBe(0)
  })

  const A = '+5511987654321'
  const B = '+447911123456'
  it.each<[what: string, list: string | Buffer, names: string[], charset?: string]>([
    ['a byte order mark', `\ufeffto,name\n${A},Ana\n`, ['Ana']],
    ['CRLF', `to,name\r\n${A},Ana\r\n${B},Bo\r\n`, ['Ana', 'Bo']],
    ['a lone CR', `to,name\r${A},Ana\r${B},Bo`, ['Ana', 'Bo']],
    ['mixed ends of lines', `to,name\r\n${A},Ana\n${B},Bo\r\n`, ['Ana', 'Bo']],
    ['no end of the last line', `to,name\n${A},Ana`, ['Ana']],
    ['empty lines', `to,name\n\n${A},Ana\n\n\n${B},Bo\n\n`, ['Ana', 'Bo']],
    ['lines of empty cells', `to,name\n${A},Ana\n,\n , \n`, ['Ana']],
    ['semicolons', `to;name\n${A};Lima, Ana\n`, ['Lima, Ana']],
    ['tabs', `to\tname\n${A}\tAna; Lima\n`, ['Ana; Lima']],
    ['a line that says what divides', `sep=;\r\nto;name\r\n${A};Ana\r\n`, ['Ana']],
    ['quotes', `"to","name"\n"${A}","Ana ""the"" Lima"\n`, ['Ana "the" Lima']],
    ['a quote inside', `to,name\n${A},5" Ana\n`, ['5" Ana']],
    ['a line break inside', `to,name\n${A},"Ana\nLima"\n`, ['Ana\nLima']],
    ['a comma in a quoted name of a column', `to,name,"a,b;c;d"\n${A},Ana,x\n`, ['Ana']],
    ['UTF-16LE with its mark', Buffer.from(`\ufeffto,name\n${A},Ção\n`, 'utf16le'), ['Ção']],
    ['UTF-16BE with its mark', Buffer.from(`\ufeffto,name\n${A},Ção\n`, 'utf16le').swap16(), ['Ção']],
    ['UTF-16LE as its sender says', Buffer.from(`to,name\n${A},Ção\n`, 'utf16le'), ['Ção'], 'utf-16le'],
    ['ISO-8859-1 as its sender says', Buffer.from(`to,name\n${A},Ção\n`, 'latin1'), ['Ção'], 'iso-8859-1'],
    ['a header in other letters', ` TO ,name\n${A},Ana\n`, ['Ana']],
    ['an invisible mark in the header', `\u200bto,name\n${A},Ana\n`, ['Ana']],
    ['cells too many that are empty', `to,name\n${A},Ana,,\n`, ['Ana']],
    ['a formula, which stays what it is', `to,name\n${A},=cmd()\n`, ['=cmd()']],
    ['a placeholder, which stays what it is', `to,name\n${A},{{name}}\n`, ['{{name}}']],
    ['a name in many planes', `to,name\n${A},👩‍👩‍👧 Zoë 𝒜\n`, ['👩‍👩‍👧 Zoë 𝒜']],
    ['a text that looks like an escape', `to,name\n${A},\\u0000\n`, ['\\u0000']],
    ['empty lines before the header', `\n\r\n;;\nto;name\n${A};Ana, Rui, Bo\n`, ['Ana, Rui, Bo']],
    ['nothing but the header', 'to,name\n', []],
  ])('is read right with %s', async (_what, list, names, charset) => {
    const id = await draft()
    expect(await imported(id, list, charset)).toMatchObject({ accepted: names.length, invalid: 0 })
    expect((await recipients(id)).map(({ cells }) => cells[1])).toEqual(names)
  })

  it.each<[what: string, list: string | Buffer, said: RegExp, charset?: string]>([
    ['no header', '', /first line/],
    ['a column twice', `to,name,name\n${A},a,b\n`, /"name" twice/],
    ['two columns for the number', `to,To\n${A},${A}\n`, /twice/],
    ['no column for the number', `phone,name\n${A},a\n`, /"phone".*Call it "to"/],
    ['a telefone', `nome;telefone\na;${A}\n`, /is it "telefone"/],
    ['no names at all', `${A},Ana\n`, /a number in it/],
    ['ISO-8859-1 that nobody told of', Buffer.from(`to,name\n${A},Ção\n`, 'latin1'), /charset=windows-1252/],
    ['UTF-16 without a mark', Buffer.from(`to,name\n${A},Ana\n`, 'utf16le'), /charset=utf-16le/],
    ['a quote that nobody closes', `to,name\n${A},a\n${B},"Bo\n`, /quote.*line 3/],
    ['a line of a megabyte', `to,name\n${A},${'a'.repeat(1_000_000)}\n`, /line 2/],
    ['a quote that swallows the rest', `to,name\n${A},"a\n${`${B},b\n`.repeat(20_000)}`, /quote.*not closed/],
    ['a charset that nobody knows', `to,name\n${A},a\n`, /charset that is known/, 'utf-99'],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), /UTF-8/],
    ['a cut text', Buffer.from(`to,name\n${A},Ção`).subarray(0, -2), /UTF-8/],
    ['257 columns', `to${',a'.repeat(256)}\n`, /at most 256 columns/],
  ])('is refused with %s, and nothing of it is kept', async (_what, list, said, charset) => {
    const id = await draft()
    expect(await refused(id, list, charset ?? null)).toMatchObject({
      status: 400,
      message: expect.stringMatching(said),
    })
    expect(await recipients(id)).toEqual([])
    expect(await total(id)).toBe(0)
    expect(await imported(id, `to,name\n${A},Ana\n`)).toMatchObject({ accepted: 1, duplicates: 0 })
  })

  it.each([
    ['5,51199E+12', 'invalid', /scientific notation/],
    ['5511987654321', 'invalid', /start with "\+"/],
    ['+5511987654321.0', null, /./],
    ['\u202a+5511987654321\u202c', null, /./],
    ["'+5511987654321", null, /./],
    ['0055 11 98765 4321', 'invalid', /00 in front/],
    ['tel:+5511987654321', 'invalid', /a letter/],
    ['+55119876', 'invalid', /possible/],
    ['n/a', 'invalid', /a letter/],
    [' ', 'invalid', /empty/],
    ['+55 11 98765-4321 / +55 11 98765-4322', 'invalid', /"\/"/],
    ['+5511987654321\u0000', 'encoding', /U\+0000/],
    ['+551198765\ufffd4321', 'encoding', /U\+FFFD/],
  ])('has a line with the number %j as %s', async (to, code, reason) => {
    const { errors } = await imported(await draft(), `to;name\n"${to}";Ana\n`)
    expect(errors).toEqual(
      code === null ? [] : [expect.objectContaining({ line: 2, code, reason: expect.stringMatching(reason) })],
    )
  })

  it.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('says of each faulty line where it begins, after others of several lines too, with %s', async (_name, end) => {
    const list = `to,name\n${A},"Ana\nLima"\n${B}\n12,c\n${B},d,e\n`.replaceAll('\n', end)
    const { errors, ...counts } = await imported(await draft(), list)
    expect(counts).toMatchObject({ rows: 4, accepted: 1, invalid: 3 })
    expect(errors.map(({ line, code }) => [line, code])).toEqual([
      [4, 'columns'],
      [5, 'invalid'],
      [6, 'columns'],
    ])
  })

  it('has a person once, whatever the spelling and in whichever upload; the first line counts', async () => {
    const id = await draft({ default_country: 'BR' })
    const first = `to,name\n${A},Ana\n+55 11 98765-4321,again\n+551187654321,without the 9\n`
    expect(await imported(id, first)).toMatchObject({ rows: 3, accepted: 1, duplicates: 2 })
    const second = await imported(id, `to,name\n(11) 98765-4321,at home\n${B},Bo\n`)
    expect(second).toMatchObject({ rows: 2, accepted: 1, duplicates: 1 })
    expect(second.errors).toMatchObject([{ line: 2, to: A, code: 'duplicate', reason_code: 'same_person' }])
    expect(await imported(id, first)).toMatchObject({ rows: 3, accepted: 0, duplicates: 3 })
    expect((await recipients(id)).map(({ cells, position }) => [position, cells[1]])).toEqual([
      [1, 'Ana'],
      [2, 'Bo'],
    ])
    expect(await total(id)).toBe(2)
  })

  it('tells who opted out or was unreachable, and has them on the list all the same', async () => {
    const [out, gone] = [await rows.conversation(sender), await rows.conversation(sender)]
    await rows.postgres.pool.query(`update contacts set marketing = 'out' where id = $1`, [out.contactId])
    await rows.postgres.pool.query(
      `update contacts set unreachable_since = now(), unreachable_until = now() + interval '1 day' where id = $1`,
      [gone.contactId],
    )
    const list = `to\n+${out.waId}\n+${gone.waId}\n${A}\n`
    const { errors, ...counts } = await imported(await draft(), list)
    expect(counts).toMatchObject({ rows: 3, accepted: 3, invalid: 0 })
    expect(errors.map(({ line, to, code }) => [line, to, code])).toEqual([
      [2, `+${out.waId}`, 'opted_out'],
      [3, `+${gone.waId}`, 'unreachable'],
    ])
  })

  it('refuses a line whose time zone is none, by whatever name a zone goes', async () => {
    const C = '+5511987654329'
    const list = `to,time_zone\n${A},Europe/Kiev\n${B},Mars/Olympus\n${C},\n${B},Europe/Kyiv\n`
    const { errors, ...counts } = await imported(await draft(), list)
    expect(counts).toMatchObject({ rows: 4, accepted: 3, invalid: 1 })
    expect(errors).toMatchObject([
      { line: 3, to: B, code: 'invalid', reason: expect.stringMatching(/time_zone.*IANA/), reason_code: 'time_zone' },
    ])
  })

  it('lists what was wrong with all lines of all uploads, safely for a spreadsheet', async () => {
    const id = await draft()
    await imported(id, `to,name\n=cmd(),a\n${A},b\n`)
    await imported(id, `to,name\n"1,""2",a\n`)
    const lines = await audience.audienceErrors(CALLER, id)
    if (!lines.ok) throw new Error(lines.refusal.message)
    const text = (await lines.value.toArray()).join('')
    expect(text.split('\r\n')).toEqual([
      'line,to,code,reason,reason_code,reason_values',
      expect.stringMatching(/^2,'=cmd\(\),invalid,.*,number_sign,/),
      expect.stringMatching(/^2,"1,""2",invalid,.*,number_sign,"\{""sign"":.*\}"$/),
      '',
    ])
    expect(await audience.audienceErrors(STRANGER, id)).toMatchObject({ ok: false, refusal: { status: 404 } })
  })

  it('shows the first thousand of many, and answers for many more', async () => {
    const list = `to\n${'12\n'.repeat(25_000)}`
    const { errors, errors_truncated, invalid } = await imported(await draft(), list)
    expect({ shown: errors.length, errors_truncated, invalid }).toEqual({
      shown: 1_000,
      errors_truncated: true,
      invalid: 25_000,
    })
  })

  it('is told to whoever is on it, and loses them when they are erased, in every spelling', async () => {
    const { contactId, waId } = await rows.conversation(sender, '551187650001')
    const id = await draft()
    const list = `to,name\n+5511987650001,Ana Example\n${A},Bo\n+55 11 8765-0001,twice\n+55 11 98765 0001\n`
    expect(await imported(id, list)).toMatchObject({ accepted: 2, duplicates: 1, invalid: 1 })
    const exported = await rows.postgres.db.transaction().execute((trx) => exportContact(trx, CALLER, contactId))
    expect(exported).toMatchObject({
      campaigns: [{ id, name: 'Spring', line: 2, cells: { to: '+5511987650001', name: 'Ana Example' } }],
    })
    const narrow = { ...CALLER, senders: [] }
    expect(await rows.postgres.db.transaction().execute((trx) => exportContact(trx, narrow, contactId))).toMatchObject({
      campaigns: [],
    })
    const values = [...spellingsOf(numberKey(waId)), waId]
    const { db } = rows.postgres
    await scrubLists(db, STRANGER.workspace, values, FIRST_LIST, 10)
    expect(await recipients(id)).toMatchObject([{ recipient: '5511987650001' }, {}])
    let place: ListPlace | null = FIRST_LIST
    while (place) ({ place } = await scrubLists(db, CALLER.workspace, values, place, 1_000))
    expect(await recipients(id)).toMatchObject([{ recipient: '', cells: [] }, { recipient: '5511987654321' }])
    const lines = await audience.audienceErrors(CALLER, id)
    const text = lines.ok ? (await lines.value.toArray()).join('') : ''
    expect(text.replaceAll(/\D/g, '')).not.toContain('0001')
    expect(await total(id)).toBe(2)
  })

  it('goes with its campaign once nobody has touched it for so long', async () => {
    const [old, kept] = [await draft(), await draft()]
    for (const id of [old, kept]) await imported(id, `to\n${A}\n${B}\n12\n`)
    const { pool, db } = rows.postgres
    await pool.query(`update campaigns set touched_at = now() - interval '31 days' where public_id = $1`, [old])
    const { rows: found } = await pool.query('select id, public_id from campaigns where public_id = any ($1)', [
      [old, kept],
    ])
    while (await sweepCampaigns(db, 30)) {}
    // A message of each is answered after that.
    for (const { id } of found) {
      await pool.query(`insert into campaign_moves (campaign_id, key, n) values ($1, 'delivery:replied', 1)`, [id])
    }
    while (await sweepCampaigns(db, 30)) {}
    expect(await campaigns.getCampaign(CALLER, kept)).toMatchObject({ ok: true, value: { delivery: { replied: 1 } } })
    expect(await campaigns.getCampaign(CALLER, old)).toMatchObject({ ok: false, refusal: { status: 404 } })
    expect(await total(kept)).toBe(2)
    for (const table of ['campaign_recipients', 'campaign_import_errors', 'campaign_uploads', 'campaign_moves']) {
      const orphans = await pool.query(
        `select from ${table} t where not exists (select from campaigns c where c.id = t.campaign_id)`,
      )
      expect(orphans.rowCount, table).toBe(0)
    }
  })

  it('is of drafts only, and of whoever sees them', async () => {
    const id = await draft()
    const list = () => ({ stream: Readable.from([Buffer.from('to\n')]), charset: null, defaultCountry: undefined })
    expect(await audience.importAudience(STRANGER, id, list())).toMatchObject({ ok: false, refusal: { status: 404 } })
    await rows.postgres.pool.query(`update campaigns set state = 'running' where public_id = $1`, [id])
    expect(await audience.importAudience(CALLER, id, list())).toMatchObject({
      ok: false,
      refusal: { status: 409, code: 'wrong_state' },
    })
  })

  /** A list that has sent `lines` lines, all written, and goes on. */
  async function begun(id: string, lines: number) {
    const stream = new PassThrough()
    const answer = upload(id, stream)
    stream.write(`to,name\n${manyLines(lines)}`)
    await eventually(async () => {
      const { rows: found } = await rows.postgres.pool.query(
        `select u.last_position from campaign_uploads u join campaigns c on c.id = u.campaign_id where c.public_id = $1 and u.state = 'loading'`,
        [id],
      )
      return found.length === 1 && (lines < 10_000 || found[0].last_position >= 10_000)
    })
    return { stream, answer }
  }

  function manyLines(count: number): string {
    return Array.from({ length: count }, (_, i) => `+55119${10_000_000 + i},Ana ${i}\n`).join('')
  }

  it('takes one upload at a time', async () => {
    const id = await draft()
    const { stream, answer } = await begun(id, 1)
    expect(await refused(id, 'to\n')).toMatchObject({ status: 409, code: 'upload_running' })
    stream.end()
    expect(await answer).toMatchObject({ ok: true, value: { accepted: 1 } })
    expect(await imported(id, 'to\n')).toMatchObject({ rows: 0 })
  })

  it('shows nothing of an upload that was cut, and begins anew', async () => {
    const id = await draft()
    const { stream, answer } = await begun(id, 30_000)
    expect(await total(id)).toBe(0)
    stream.destroy()
    expect(await answer).toMatchObject({ ok: false, refusal: { status: 400, field: 'body' } })
    expect(await recipients(id)).toEqual([])
    expect(await imported(id, `to,name\n${manyLines(3)}`)).toMatchObject({ accepted: 3, duplicates: 0 })
  })

  it('gives up an upload whose process fell silent, whose late lines are kept by nobody', async () => {
    const id = await draft()
    const { stream, answer } = await begun(id, 30_000)
    // Again, for the next batch may be on its way, with which it speaks once more.
    const other = await eventually(async () => {
      await rows.postgres.pool.query(
        `update campaign_uploads set leased_until = now() - interval '1 second' where state = 'loading'`,
      )
      const second = await upload(id, `to,name\n${A},Ana\n`)
      return second.ok && second.value
    })
    expect(other).toMatchObject({ accepted: 1 })
    stream.end(manyLines(40_000))
    expect(await answer).toMatchObject({ ok: false, refusal: { status: 409, code: 'upload_running' } })
    expect((await recipients(id)).map(({ position, cells }) => [position, cells[1]])).toEqual([[1, 'Ana']])
    expect(await total(id)).toBe(1)
  })

  // A crash of the database takes back what it had said was done, and Casement connects again as if nothing had been.
  it.each([
    ['before the next', 30_000],
    ['at the end', 0],
  ])('is refused as a whole where a piece that was written is gone, %s', async (_when, more) => {
    const id = await draft()
    const { stream, answer } = await begun(id, 30_000)
    const { rows: written } = await rows.postgres.pool.query(
      `select u.campaign_id, u.last_position from campaign_uploads u join campaigns c on c.id = u.campaign_id where c.public_id = $1`,
      [id],
    )
    const [{ campaign_id: row }] = written
    // All that was written so far but its first piece.
    await eventually(async () => {
      await rows.postgres.pool.query(`update campaign_uploads set last_position = 10000 where campaign_id = $1`, [row])
      const lost = await rows.postgres.pool.query(
        'delete from campaign_recipients where campaign_id = $1 and position > 10000',
        [row],
      )
      return lost.rowCount === 0 && (await recipients(id)).length === 10_000
    })
    stream.end(
      more === 0
        ? ''
        : manyLines(more + 30_000)
            .split('\n')
            .slice(30_000)
            .join('\n'),
    )
    expect(await answer).toMatchObject({ ok: false, refusal: { status: 409, code: 'upload_running' } })
    expect(await recipients(id)).toEqual([])
    expect(await imported(id, `to,name\n${A},Ana\n`)).toMatchObject({ accepted: 1 })
  })

  it('is not added to once the campaign is no draft', async () => {
    const id = await draft()
    const { stream, answer } = await begun(id, 1)
    await rows.postgres.pool.query(`update campaigns set state = 'running' where public_id = $1`, [id])
    stream.end()
    expect(await answer).toMatchObject({ ok: false, refusal: { status: 409 } })
    expect(await recipients(id)).toEqual([])
  })

  it('has no transaction that lasts while a sender dawdles', async () => {
    const id = await draft()
    const { stream, answer } = await begun(id, 30_000)
    // The next batch may be on its way.
    await eventually(async () => {
      const { rows: open } = await rows.postgres.pool.query(
        `select state from pg_stat_activity where datname = current_database() and xact_start is not null and pid <> pg_backend_pid() and backend_type = 'client backend'`,
      )
      return open.length === 0
    })
    stream.end()
    expect(await answer).toMatchObject({ ok: true, value: { accepted: 30_000 } })
    const found = await recipients(id)
    expect(found.map(({ position }) => position)).toEqual(Array.from({ length: 30_000 }, (_, i) => i + 1))
    expect(found.at(-1)).toMatchObject({ line: 30_001, cells: ['+5511910029999', 'Ana 29999'] })
  })
})
