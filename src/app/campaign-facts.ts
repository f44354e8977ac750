import type { BlockerFacts } from '../domain/campaign/blockers.ts'
import { referencesOf } from '../domain/campaign/versions.ts'
import type { TemplateReference } from '../domain/content.ts'
import type { PhoneNumberId } from '../domain/ids.ts'
import type { CampaignRead } from '../store/campaigns/campaigns.ts'
import { readShapes } from '../store/campaigns/feeding.ts'
import { findSenders } from '../store/intents/enqueue.ts'
import { type Db, queryableOn } from '../store/pg/postgres.ts'
import { readTemplates, templateKey } from '../store/templates/templates.ts'

/** What stands in the way of a start is looked for in these. */
export async function blockerFacts(trx: Db, { row, document, total, workspace }: CampaignRead): Promise<BlockerFacts> {
  const number = document.sender as PhoneNumberId
  const sender = (await findSenders(trx, { workspace, senders: null }, [number])).get(number) ?? null
  const shapes = await readShapes(trx, row)
  const references = referencesOf(document, sender?.defaultWhenClosed ?? 'fail').flatMap((named) => named.references)
  const wabaId = sender?.wabaId
  const templates =
    wabaId === undefined
      ? new Map<string, never>()
      : await readTemplates(
          queryableOn(trx),
          references.map((reference) => ({ wabaId, reference })),
        )
  return {
    document,
    total,
    columns: shapes.map(({ columns }) => columns),
    sender: sender && {
      state: sender.state,
      reason: sender.reasonText,
      defaultWhenClosed: sender.defaultWhenClosed,
      templatesSynced: sender.templatesSynced,
      currency: sender.currency,
    },
    template: (reference: TemplateReference) =>
      (wabaId === undefined ? null : templates.get(templateKey(wabaId, reference))) ?? null,
  }
}
