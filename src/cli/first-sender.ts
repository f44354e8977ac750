import { CommandFailed } from './failure.ts'
import type { Stack } from './stack.ts'

export interface Firsts {
  /** The number to try first; null when there is none, or more than the person at the terminal could guess. */
  readonly sender: string | null
}

/**
 * Links the sandbox's number when nothing is linked yet, with its templates read, so that the first `casement send` works at
 * once. A database that has senders is left as it is.
 */
export async function linkSandboxNumber({ app, sandbox }: Stack): Promise<Firsts> {
  const linked = await app.services.listSenders()
  if (linked.length > 0 || sandbox === null) return { sender: linked[0]?.phone_number_id ?? null }
  const { DEFAULT_LINK } = await import('../sandbox/sandbox.ts')
  const answer = await app.services.linkSender({
    phone_number_id: DEFAULT_LINK.phoneNumberId,
    waba_id: DEFAULT_LINK.wabaId,
    portfolio_id: DEFAULT_LINK.portfolioId,
    access_token: DEFAULT_LINK.accessToken,
    display_phone_number: DEFAULT_LINK.displayPhoneNumber,
    verified_name: DEFAULT_LINK.verifiedName,
  })
  if (!answer.ok) throw new CommandFailed(`the sandbox's number could not be linked: ${answer.refusal.message}`)
  // Linking syncs too, but later.
  await app.services.syncTemplates(DEFAULT_LINK.wabaId)
  return { sender: DEFAULT_LINK.phoneNumberId }
}
