import pg from 'pg'
import type { ImportError } from '../../domain/campaign/import-error.ts'
import { lineFault } from '../../domain/campaign/line-faults.ts'
import { numbersOf } from '../../domain/campaign/senders.ts'
import { inTransaction, type Queryable } from '../pg/postgres.ts'
import { renew, type Upload } from './audience.ts'
import { BinaryArray } from './text-array.ts'

/* The lines of an upload, as they are written. */

/** Lines as they are read, until there are enough for a statement. */
export class Batch {
  readonly #lines = new BinaryArray('int4')
  readonly #keys = new BinaryArray('text')
  readonly #cells = new BinaryArray('text')
  readonly #errors: ImportError[] = []

  get accepted(): number {
    return this.#lines.length
  }

  get errors(): readonly ImportError[] {
    return this.#errors
  }

  get size(): number {
    return this.#lines.length + this.#errors.length
  }

  get bytes(): number {
    return this.#cells.bytes
  }

  accept(line: number, key: string, cells: string): void {
    this.#lines.addInt(line)
    this.#keys.addText(key)
    this.#cells.addText(cells)
  }

  refuse(error: ImportError): void {
    this.#errors.push(error)
  }

  values(): [lines: Buffer, keys: Buffer, cells: Buffer] {
    return [this.#lines.value(), this.#keys.value(), this.#cells.value()]
  }

  clear(): void {
    this.#lines.clear()
    this.#keys.clear()
    this.#cells.clear()
    this.#errors.length = 0
  }
}

/** @param first position of the batch's first line */
export function appendBatch(pool: pg.Pool, upload: Upload, first: number, batch: Batch): Promise<void> {
  return inTransaction(pool, (_trx, client) => appendLines(client, upload, first, batch))
}

/** Lines whose pages no summary knows are read by every look at any list; so many there may be. */
const UNSUMMARIZED = 100_000

/** Whether lines are to be summarized by now, after those from `first` on were written. */
export function isSummarizeDue(first: number, accepted: number): boolean {
  return Math.floor(first / UNSUMMARIZED) !== Math.floor((first + accepted) / UNSUMMARIZED)
}

const INSUFFICIENT_PRIVILEGE = '42501'

/** PostgreSQL does that by itself some minutes later; whose role may not ask for it waits for that. */
export async function summarizeLists(pool: pg.Pool): Promise<void> {
  await pool.query(`select brin_summarize_new_values('campaign_recipients_position')`).catch((error) => {
    if ((error as { code?: unknown }).code !== INSUFFICIENT_PRIVILEGE) throw error
  })
}

/**
 * Within one that reads them too. The commit is not waited for until it is on disk, which takes longer than the lines: a batch that a crash of the
 * database takes back is missed by the next one, or by the end. Throws `LeaseLost`.
 */
export async function appendLines(client: pg.PoolClient, upload: Upload, first: number, batch: Batch): Promise<void> {
  await renew(client, upload, { before: first - 1, last: first + batch.accepted - 1 })
  // Of lines that were refused only, nothing would tell that they are lost.
  if (batch.accepted > 0) {
    await client.query('set local synchronous_commit = off')
    const [lines, keys, cells] = batch.values()
    const { campaign, id } = upload
    await client.query(INSERT_LINES, [campaign.row, id, first, lines, keys, cells])
    await client.query(MARK_UNREACHED, [
      campaign.row,
      id,
      campaign.workspace,
      numbersOf(campaign.document)[0],
      lines,
      keys,
    ])
  }
  await insertErrors(client, upload, batch.errors)
}

const INSERT_LINES = `
  insert into campaign_recipients (campaign_id, position, upload, line, recipient, cells)
  select $1::integer, $3::integer + ord::integer - 1, $2::integer, line, recipient, cells
  from unnest($4::integer[], $5::text[], $6::text[]) with ordinality as l (line, recipient, cells, ord)`

/** The look-up of each by its key: never a join that reads all people of the workspace. */
const MARK_UNREACHED = `
  insert into campaign_import_errors (campaign_id, upload, line, code, recipient, reason, reason_code, reason_values)
  select $1::integer, $2::integer, l.line, w.code, case when l.recipient ~ '^\\d' then '+' || l.recipient else l.recipient end, w.reason, w.code, '{}'
  from unnest($5::integer[], $6::text[]) as l (line, recipient)
  cross join lateral (
    select i.contact_id from contact_identities i
    where i.workspace = $3 and i.key = l.recipient and i.scope = any (array['', (
      select a.portfolio_id from senders s join wabas a on a.id = s.waba_id where s.phone_number_id = $4)])
    limit 1
  ) i
  join contacts c on c.id = i.contact_id
  cross join lateral (values
    ('opted_out', c.marketing = 'out' or c.stopped_marketing_at is not null, ${pg.escapeLiteral(lineFault('opted_out').text)}),
    ('unreachable', coalesce(c.unreachable_until > casement_now(), false), ${pg.escapeLiteral(lineFault('unreachable').text)})
  ) as w (code, applies, reason)
  where w.applies
  on conflict do nothing`

async function insertErrors(
  client: Queryable,
  { campaign, id }: Upload,
  errors: readonly ImportError[],
): Promise<void> {
  if (errors.length === 0) return
  const columns = [
    errors.map((one) => one.line),
    ...(['code', 'to', 'reason', 'reason_code'] as const).map((name) => errors.map((one) => one[name])),
    errors.map((one) => JSON.stringify(one.reason_values)),
  ]
  await client.query({
    text: `
      insert into campaign_import_errors (campaign_id, upload, line, code, recipient, reason, reason_code, reason_values)
      select $1::integer, $2::integer, * from unnest($3::integer[], $4::text[], $5::text[], $6::text[], $7::text[], $8::jsonb[])`,
    values: [campaign.row, id, ...columns],
  })
}
