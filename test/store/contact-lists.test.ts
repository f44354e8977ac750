import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ContactId, PhoneNumberId } from '../../src/domain/ids.ts'
import { type ContactSelection, placeContacts, readContacts, sourcesOf } from '../../src/store/people/list.ts'
import { ANOTHER, HERE } from '../support/access.ts'
import { readOf, seedIntents } from '../support/many-intents.ts'
import { createRows, type Rows } from '../support/rows.ts'

type Filter = Partial<Omit<ContactSelection, 'limit' | 'before'>>

const EVERYTHING = { purview: HERE, text: null, language: null, attributes: {}, marketing: null, before: null }

function combinations(filters: Filter[][]): Filter[] {
  return filters.reduce<Filter[]>((all, some) => all.flatMap((one) => some.map((more) => ({ ...one, ...more }))), [{}])
}

/** Numbers are asked for as texts. */
function attributesOf(name: string, language: string): Record<string, string | number> {
  if (language === 'en') return name === 'Ana' ? {} : { segment: 'b2c' }
  return name === 'Ana' ? { segment: 'b2b', visits: 3 } : { segment: 'b2b', visits: '4' }
}

describe('a list of contacts', () => {
  it('is what the filters say, in every combination of them, page by page, however few are looked at', async () => {
    const rows = await createRows()
    const { db } = rows.postgres
    const senders: PhoneNumberId[] = [await rows.linkSender(), await rows.linkSender()]
    await sql`insert into workspaces (id, name) values ('another', 'Another')`.execute(db)
    await rows.conversation(await rows.linkSender({ workspace: ANOTHER.workspace }))
    const people: { id: ContactId; sender: PhoneNumberId; name: string; language: string; marketing: string }[] = []
    for (const sender of senders) {
      for (const name of ['Ana', 'Bea 42', 'Anastásia']) {
        for (const language of ['en', 'pt_BR']) {
          for (const marketing of ['in', 'out', 'stopped', 'unknown']) {
            const { contactId: id } = await rows.conversation(sender)
            await sql`
              update contacts set name = ${name}, language = ${language}, attributes = ${JSON.stringify(attributesOf(name, language))},
                marketing = ${marketing === 'stopped' ? 'in' : marketing},
                stopped_marketing_at = case when ${marketing} = 'stopped' then now() end
              where id = ${id}::bigint`.execute(db)
            people.push({ id, sender, name, language, marketing: marketing === 'stopped' ? 'out' : marketing })
          }
        }
      }
    }
    const { contactId: gone } = await rows.conversation(senders[0] as PhoneNumberId)
    await sql`update contacts set merged_into = ${people[0]?.id}::bigint where id = ${gone}::bigint`.execute(db)

    const filters = combinations([
      [{}, { text: 'bea' }, { text: 'ANA' }, { text: 'an' }, { text: '42' }],
      [{}, { language: 'en' }, { attributes: { segment: 'b2b' } }, { attributes: { segment: 'b2b', visits: '3' } }],
      [{}, { marketing: 'out' }, { marketing: 'unknown' }],
      [{}, { purview: { ...HERE, senders: [senders[1] as PhoneNumberId] } }],
    ])
    for (const filter of filters) {
      const { text, language, attributes, marketing, purview } = filter
      const expected = people
        .filter((one) => !text || one.name.toLowerCase().includes(text.toLowerCase()))
        .filter((one) => !language || one.language === language)
        .filter((one) => {
          const kept: Record<string, unknown> = attributesOf(one.name, one.language)
          return Object.entries(attributes ?? {}).every(([key, value]) => String(kept[key]) === value)
        })
        .filter((one) => !marketing || one.marketing === marketing)
        .filter((one) => !purview?.senders || purview.senders.includes(one.sender))
        .map((one) => one.id)
        .toReversed()
      for (const people of [3, 1_000]) {
        const found: ContactId[] = []
        let before: ContactId | null = null
        do {
          const selection: ContactSelection = { ...EVERYTHING, ...filter, before, limit: 4 }
          const page = await placeContacts(db, selection, { rows: 7, people })
          const shown = await readContacts(db, page.found)
          expect(shown.map((one) => one.contact_id)).toEqual(page.found)
          found.push(...page.found)
          before = page.next
        } while (before !== null)
        expect(found, JSON.stringify(filter)).toEqual(expected)
      }
    }
    await rows.close()
  })
})

describe('a long list of contacts', () => {
  const REACH = { rows: 200, people: 50 }
  let rows: Rows
  beforeAll(async () => {
    rows = await createRows()
    await seedIntents(rows.postgres.db, HERE.workspace, [await rows.linkSender()], 100_000)
    await sql`
      update contacts set attributes = jsonb_build_object('segment', case when id % 1000 = 0 then 'few' else 'many' end, 'n', id)`.execute(
      rows.postgres.db,
    )
    await sql`vacuum analyze`.execute(rows.postgres.db)
  })
  afterAll(() => rows.close())

  it('reads few rows, and all of them by an index', async () => {
    const filters = combinations([
      [{}, { text: 'Ana 1234' }, { text: 'nobody' }, { text: 'zz' }, { text: '+1 (500) 000-1234' }],
      [{}, { language: 'xx' }],
      [{}, { attributes: { segment: 'few' } }, { attributes: { segment: 'many' } }, { attributes: { none: '1' } }],
      [{}, { marketing: 'out' }],
    ])
    for (const filter of filters) {
      const { scans, read } = await rows.postgres.db.transaction().execute(async (trx) => {
        const before = await readOf(trx, 'contacts')
        await placeContacts(trx, { ...EVERYTHING, ...filter, limit: 20 }, REACH)
        const after = await readOf(trx, 'contacts')
        return { scans: after.scans - before.scans, read: after.read - before.read }
      })
      expect(scans, JSON.stringify(filter)).toBe(0)
      expect(read, JSON.stringify(filter)).toBeLessThan(3 * REACH.rows)
    }
  })

  it('is explained by the indexes it is meant to have', async () => {
    const plan = async (filter: Filter) => {
      const selection = { ...EVERYTHING, ...filter, limit: 20 }
      const { rows: lines } = await rows.postgres.db.transaction().execute(async (trx) => {
        await sql`set local enable_seqscan = off`.execute(trx)
        return sql<object>`explain ${sourcesOf(selection, REACH)}`.execute(trx)
      })
      return lines.map((line) => Object.values(line)[0]).join('\n')
    }
    expect(await plan({ language: 'xx' })).toMatch(/contacts_workspace|contacts_pkey/)
    expect(await plan({ text: 'Ana 1234' })).toContain('contacts_searched')
    expect(await plan({ attributes: { segment: 'few' } })).toContain('contacts_attributes')
  })
})
