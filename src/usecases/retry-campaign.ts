import type { Doer } from '../domain/audit.ts'
import { mayRetry, RETRY_REASONS } from '../domain/campaign/failures.ts'
import type { CampaignRead } from '../store/campaigns/campaigns.ts'
import type { ListShape } from '../store/campaigns/feeding.ts'
import type { Copying } from '../store/campaigns/retrying.ts'
import { type Answer, done, invalid, refused } from './answer.ts'
import { unknownCampaign } from './manage-campaigns.ts'

/* Once more for those who were not reached: a child of the campaign, as a draft with their lines. Nothing of the parent changes. */

export interface RetryIo {
  /** Locks the parent; null where there is none. Records the deed where a child was made. */
  begin(
    doer: Doer,
    id: string,
    check: (parent: CampaignRead, hasLivingChild: boolean) => Answer<null>,
  ): Promise<Answer<{ parent: CampaignRead; child: { id: string; row: number } }> | null>
  shapes(row: number): Promise<ListShape[]>
  beginCopy(child: number, shape: ListShape, first: number): Promise<Copying>
  copyRange(
    rows: { parent: number; child: number; copying: Copying },
    range: { after: number; limit: number },
    next: number,
    reasons: string[],
  ): Promise<number>
  finishCopy(child: number, copying: Copying, count: number): Promise<void>
  read(doer: Doer, id: string): Promise<CampaignRead | null>
}

const LINES_AT_ONCE = 10_000

export async function retryCampaign(
  io: RetryIo,
  doer: Doer,
  id: string,
  { reasons, includeUnconfirmed }: { reasons: string[]; includeUnconfirmed: boolean },
): Promise<Answer<CampaignRead>> {
  const wrong = reasons.findIndex((code) => !mayRetry(code, includeUnconfirmed))
  if (wrong !== -1) return notRetried(reasons[wrong] as string, wrong)
  const begun = await io.begin(doer, id, (parent, hasLivingChild) => {
    if (parent.state !== 'finished' && parent.state !== 'cancelled') {
      return conflict(`expected campaign ${id} to be over, got one that is ${parent.state}`)
    }
    return hasLivingChild ? conflict(`expected no retry of campaign ${id} to be under way, got one`) : done(null)
  })
  if (begun === null) return unknownCampaign(id)
  if (!begun.ok) return begun
  const { parent, child } = begun.value
  let next = 1
  for (const shape of await io.shapes(parent.row)) next += await copyUpload(io, parent, child.row, shape, next, reasons)
  const made = await io.read(doer, child.id)
  return made ? done(made) : unknownCampaign(child.id)
}

async function copyUpload(
  io: RetryIo,
  parent: CampaignRead,
  child: number,
  shape: ListShape,
  first: number,
  reasons: string[],
): Promise<number> {
  const copying = await io.beginCopy(child, shape, first)
  let count = 0
  for (let after = 0; after < parent.total; after += LINES_AT_ONCE) {
    const range = { after, limit: LINES_AT_ONCE }
    count += await io.copyRange({ parent: parent.row, child, copying }, range, first + count, reasons)
  }
  await io.finishCopy(child, copying, count)
  return count
}

function notRetried<T>(code: string, index: number): Answer<T> {
  const field = `reasons.${index}`
  if (code === 'unconfirmed') {
    return invalid(
      field,
      `expected include_unconfirmed to be true beside unconfirmed: a second message may reach them twice`,
    )
  }
  const shown = /^\w{1,40}$/.test(code) ? code : 'another'
  return invalid(field, `expected ${field} to be one of ${RETRY_REASONS.join(', ')}, got ${shown}`)
}

function conflict<T>(message: string): Answer<T> {
  return refused({ status: 409, code: 'wrong_state', message })
}
