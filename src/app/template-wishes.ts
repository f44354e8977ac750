import { classify } from '../domain/failure.ts'
import type { WabaId } from '../domain/ids.ts'
import { MINUTE_MS } from '../domain/time.ts'
import type { Db } from '../store/pg/postgres.ts'
import { isKnownToLive } from '../store/templates/reads.ts'
import { wantTemplates } from '../store/templates/upkeep.ts'
import { endWish, putOffWish, type TemplateWish, wishedTemplates } from '../store/templates/wishes.ts'
import type { Refreshed } from '../usecases/sync-templates.ts'
import type { TemplateSync } from './template-sync.ts'

export interface TemplateWishesDeps {
  db: Db
  refresh: TemplateSync['refresh']
}

/** Of one account at once; for more of them a reading of the account costs less. */
const SINGLY = 20
const UNREACHABLE_MS = MINUTE_MS
/** Until the token is another, mostly. */
const NOT_ALLOWED_MS = 10 * MINUTE_MS

/** Reads the templates that webhooks told of, one call each. */
export async function grantWishes({ db, refresh }: TemplateWishesDeps): Promise<void> {
  const wishes = Map.groupBy(await wishedTemplates(db, SINGLY + 1), (wish) => wish.wabaId)
  for (const [wabaId, ofAccount] of wishes) {
    // The sync that follows ends the wishes that were there when it began.
    if (ofAccount.length > SINGLY) await readWhole(db, wabaId, ofAccount)
    else await readSingly({ db, refresh }, ofAccount)
  }
}

async function readWhole(db: Db, wabaId: WabaId, wishes: TemplateWish[]): Promise<void> {
  await wantTemplates(db, wabaId)
  for (const { templateId } of wishes) await putOffWish(db, templateId, UNREACHABLE_MS)
}

async function readSingly({ db, refresh }: TemplateWishesDeps, wishes: TemplateWish[]): Promise<void> {
  for (const wish of wishes) {
    const { wabaId, templateId } = wish
    const { answer } = await refresh(wabaId, templateId)
    if (isOver(answer)) {
      // Gone, or out of our sight: a listing tells which.
      if (answer.kind !== 'ok' && (await isKnownToLive(db, templateId))) await wantTemplates(db, wabaId)
      await endWish(db, wish)
    }
    // The pause of the account keeps it back.
    else if (answer.kind === 'throttled') return
    else await putOffWish(db, templateId, answer.kind === 'refused' ? NOT_ALLOWED_MS : UNREACHABLE_MS)
  }
}

/** Subcode of an id that does not exist, or that the token may not see. Source: Meta, graph-api error handling (read 2026-11). */
const NO_SUCH_OBJECT = 33

/** It was read, or Meta says that there is none. */
function isOver(answer: Refreshed['answer']): boolean {
  if (answer.kind !== 'refused') return answer.kind === 'ok'
  return answer.error.subcode === NO_SUCH_OBJECT || classify(answer.error).class !== 'account'
}
