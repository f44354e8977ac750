import type { BlockerFacts, SenderForStart } from '../domain/campaign/blockers.ts'
import { numbersOf } from '../domain/campaign/senders.ts'
import { referencesOf } from '../domain/campaign/versions.ts'
import type { PhoneNumberId } from '../domain/ids.ts'
import type { CampaignFacts } from '../store/campaigns/campaigns.ts'
import { readShapes } from '../store/campaigns/feeding.ts'
import { findSenders } from '../store/intents/enqueue.ts'
import { type Db, queryableOn } from '../store/pg/postgres.ts'
import { readTemplates, templateKey } from '../store/templates/templates.ts'

/** What stands in the way of a start is looked for in these. */
export async function blockerFacts(trx: Db, { row, document, total, workspace }: CampaignFacts): Promise<BlockerFacts> {
  const found = await findSenders(trx, { workspace, senders: null }, numbersOf(document))
  const shapes = await readShapes(trx, row)
  const templates = await readTemplates(
    queryableOn(trx),
    [...found.values()].flatMap(({ wabaId, defaultWhenClosed }) =>
      referencesOf(document, defaultWhenClosed).flatMap(({ references }) =>
        references.map((reference) => ({ wabaId, reference })),
      ),
    ),
  )
  const senders = numbersOf(document).flatMap((number): [PhoneNumberId, SenderForStart][] => {
    const sender = found.get(number)
    if (sender === undefined) return []
    const { wabaId, state, reasonText: reason, portfolioId, defaultWhenClosed, templatesSynced, currency } = sender
    const template: SenderForStart['template'] = (reference) => templates.get(templateKey(wabaId, reference)) ?? null
    return [[number, { state, reason, portfolioId, defaultWhenClosed, templatesSynced, currency, template }]]
  })
  return { document, total, columns: shapes.map(({ columns }) => columns), senders: new Map(senders) }
}
