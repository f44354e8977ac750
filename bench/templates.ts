import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { WabaId } from '../src/domain/ids.ts'
import type { WireTemplate } from '../src/graph/wire.ts'
import { databaseNow } from '../src/store/pg/clock.ts'
import { type Db, openPostgres } from '../src/store/pg/postgres.ts'
import { beginTemplateSync, endTemplateSync, storeListedTemplates } from '../src/store/templates/sync.ts'
import { syncTemplates } from '../src/usecases/sync-templates.ts'
import { populate, WABA } from './lab.ts'
import { type Row, rounded, type Suite } from './suite.ts'

/*
 * What the sync of an account's templates costs: the first one, and one that finds nothing new. Meta allows 6,000. The heap is measured
 * after a collection of garbage behind every page, over what it was before.
 */

export const templates: Suite = {
  title: (options) => `sync of ${options.messages} templates of 2 KiB`,
  async run(lab, { messages }, progress) {
    const collect = garbageCollector()
    const rows: Row[] = []
    for (const count of [Math.ceil(messages / 10), messages]) {
      const url = await lab.freshDatabase()
      await populate(url, { senders: 1, throughputMps: 80, messages: 0 })
      const postgres = openPostgres({ url, max: 2, applicationName: 'bench templates', onError: () => {} })
      try {
        const first = await measure(postgres.db, count, collect)
        const again = await measure(postgres.db, count, collect)
        rows.push({ '': `${count} templates`, 'first s': first.s, 'again s': again.s, 'heap KiB': again.heapKib })
        progress(`${count} templates`)
      } finally {
        await postgres.close()
      }
    }
    return rows
  },
}

async function measure(db: Db, count: number, collect: () => void): Promise<{ s: number; heapKib: number }> {
  collect()
  const before = process.memoryUsage().heapUsed
  let most = 0
  let collecting = 0
  const startedAt = performance.now()
  await syncTemplates(
    {
      waits: { releaseTemplate: async () => 0 },
      notifyDue: async () => {},
      now: () => databaseNow(db),
      beginSync: (wabaId) => beginTemplateSync(db, wabaId),
      listAtMeta: () => listed(count),
      async storeListed(wabaId, page, askedAt) {
        const changes = await storeListedTemplates(db, wabaId, page, askedAt)
        const measuredAt = performance.now()
        collect()
        most = Math.max(most, process.memoryUsage().heapUsed - before)
        collecting += performance.now() - measuredAt
        return changes
      },
      endSync: (wabaId, ids, askedAt) => endTemplateSync(db, wabaId, ids, askedAt),
    },
    WABA as WabaId,
  )
  const s = rounded((performance.now() - startedAt - collecting) / 1_000)
  return { s, heapKib: Math.max(1, Math.round(most / 1_024)) }
}

/** Page by page, as Meta lists them. */
async function* listed(count: number): AsyncGenerator<WireTemplate[]> {
  for (let from = 0; from < count; from += PAGE) {
    yield Array.from({ length: Math.min(PAGE, count - from) }, (_, n) => templateOf(from + n))
  }
}

const PAGE = 100
const TEXT = 'We look forward to seeing you, {{1}}, and will tell you more soon. '.repeat(14).slice(0, 1_000)

function templateOf(n: number): WireTemplate {
  return {
    id: String(7_000_000 + n),
    name: `template_${n}`,
    language: 'en',
    status: 'APPROVED',
    category: 'UTILITY',
    quality_score: { score: 'GREEN' },
    components: [
      { type: 'BODY', text: `${TEXT} ${n}`, example: { body_text: [['x'.repeat(1_000)]] } },
      { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Yes, please' }] },
    ],
  }
}

/** Node.js has it behind a flag, which may be set while it runs. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}
