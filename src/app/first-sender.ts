import { allOf, SYSTEM } from '../domain/access.ts'
import { NO_ORIGIN } from '../domain/audit.ts'
import { DEFAULT_WORKSPACE } from '../domain/ids.ts'
import { DEFAULT_LINK } from '../sandbox/sandbox.ts'
import { CannotStart } from './cannot-start.ts'
import type { Stack } from './stack.ts'

/** The sandbox's one number, its account, and a token for both. */
export { DEFAULT_LINK as SANDBOX_LINK } from '../sandbox/sandbox.ts'

const OURSELVES = {
  ...allOf(DEFAULT_WORKSPACE),
  actor: SYSTEM,
  scopes: ['system'],
  allowQuery: false,
  origin: NO_ORIGIN,
}

/**
 * Links the sandbox's number when nothing is linked yet, with its templates read, so that the first `casement send` works at
 * once. A database that has senders is left as it is. Answers the number to try first; null when there is none.
 */
export async function linkFirstSender({ app, sandbox }: Stack): Promise<string | null> {
  const linked = await app.services.listSenders(OURSELVES)
  if (linked.length > 0 || sandbox === null) return linked[0]?.phone_number_id ?? null
  const answer = await app.services.linkSender(OURSELVES, {
    phone_number_id: DEFAULT_LINK.phoneNumberId,
    waba_id: DEFAULT_LINK.wabaId,
    portfolio_id: DEFAULT_LINK.portfolioId,
    access_token: DEFAULT_LINK.accessToken,
    display_phone_number: DEFAULT_LINK.displayPhoneNumber,
    verified_name: DEFAULT_LINK.verifiedName,
  })
  // Another workspace has it, and does not need ours.
  if (!answer.ok && answer.refusal.code === 'sender_elsewhere') return null
  if (!answer.ok) throw new CannotStart(`the sandbox's number could not be linked: ${answer.refusal.message}`)
  // Linking syncs too, but later.
  await app.services.syncTemplates(OURSELVES, DEFAULT_LINK.wabaId)
  return DEFAULT_LINK.phoneNumberId
}
