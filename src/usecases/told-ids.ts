import { identityOfBsuid, identityOfNumber, type ToldIdentity } from '../domain/identity.ts'
import type { WorkspaceId } from '../domain/ids.ts'
import type { Instant } from '../domain/time.ts'
import type { WebhookIdentity } from '../graph/webhook-event.ts'

/** Whose customers they are who write to a number. */
export interface Owner {
  workspace: WorkspaceId
  portfolioId: string
}

/** The ids that were told of one person, with the stamp. */
export function toldIn(
  { waId, bsuid, parentBsuid }: Pick<WebhookIdentity, 'waId' | 'bsuid' | 'parentBsuid'>,
  { portfolioId }: Pick<Owner, 'portfolioId'>,
  at: Instant | null,
): ToldIdentity[] {
  const ids = [
    ...(waId === null ? [] : [identityOfNumber(waId)]),
    ...[bsuid, parentBsuid].flatMap((id) => (id === null ? [] : [identityOfBsuid(id, portfolioId)])),
  ]
  return ids.map((id) => ({ ...id, at }))
}
