import { createReadStream, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { audienceServices } from '../../src/app/audience.ts'
import { campaignServices } from '../../src/app/campaigns.ts'
import { readDocument } from '../../src/cli/template-document.ts'
import type { ImportError } from '../../src/domain/campaign/import-error.ts'
import { numberKey } from '../../src/domain/identity.ts'
import { type Fate, FILE, LINES, type SpringLine, springLines, springList } from '../../tools/spring-list.ts'
import { CALLER } from '../support/access.ts'
import { createRows, type Rows } from '../support/rows.ts'

const DOCUMENTED = { rows: 10_000, accepted: 9_800, duplicates: 60, invalid: 140 }

describe('examples/spring.csv', () => {
  let rows: Rows
  const lines = springLines()
  beforeAll(async () => {
    rows = await createRows()
  })
  afterAll(() => rows.close())

  it('is what its script writes', () => {
    expect(readFileSync(FILE, 'utf8') === springList()).toBe(true)
    expect(lines).toHaveLength(LINES)
  })

  it('has every kind of line, and its import tells of each what it is', async () => {
    const sender = await rows.linkSender()
    await remember(sender, 'opted_out', `marketing = 'out'`)
    await remember(
      sender,
      'unreachable',
      `unreachable_since = casement_now(), unreachable_until = casement_now() + interval '30 days'`,
    )
    const document = await readDocument(fileURLToPath(new URL('../../examples/spring.yaml', import.meta.url)))
    const campaigns = campaignServices(rows.postgres)
    const made = await campaigns.createCampaign(CALLER, { ...document, name: document.name as string, sender })
    if (!made.ok) throw new Error(made.refusal.message)
    const list = { stream: createReadStream(FILE), charset: null, defaultCountry: undefined }
    const answer = await audienceServices(rows.postgres).importAudience(CALLER, made.value.id as string, list)
    if (!answer.ok) throw new Error(answer.refusal.message)
    const { errors, errors_truncated, ...counts } = answer.value as { errors: ImportError[]; errors_truncated: boolean }

    const accepted = count('accepted') + count('opted_out') + count('unreachable')
    const invalid = count('invalid') + count('columns') + count('encoding')
    expect(counts).toEqual({ rows: LINES, accepted, duplicates: count('duplicate'), invalid })
    expect(counts).toEqual(DOCUMENTED)
    expect(errors_truncated).toBe(false)
    expect(errors.map(({ line, code }) => `${line} ${code}`)).toEqual(
      placed(lines).flatMap(({ line, fate }) => (fate === 'accepted' ? [] : [`${line} ${fate}`])),
    )
  })

  function count(fate: Fate): number {
    return lines.filter((line) => line.fate === fate).length
  }

  /** Somebody said so of whoever stands in those lines. */
  async function remember(sender: Awaited<ReturnType<Rows['linkSender']>>, fate: Fate, set: string): Promise<void> {
    for (const { number } of lines.filter((line) => line.fate === fate)) {
      const { contactId } = await rows.conversation(sender, numberKey(number as string))
      await rows.postgres.pool.query(`update contacts set ${set} where id = $1`, [contactId])
    }
  }
})

/** With the line of the file in which each begins: some have line breaks in them. */
function placed(lines: SpringLine[]): (SpringLine & { line: number })[] {
  let line = 2
  return lines.map((one) => {
    const at = line
    line += one.text.split('\r\n').length
    return { ...one, line: at }
  })
}
