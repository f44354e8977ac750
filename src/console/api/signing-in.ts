import { api, dataOf } from './client.ts'
import {
  chooseWorkspace,
  chosenWorkspace,
  type Session,
  type SignedIn,
  signedIn,
  signedOut,
  wasSignedIn,
} from './session.ts'

export type Credentials = { link: string } | { email: string; password: string; totp?: string }

/** Throws `ApiFailure`: `totp_required` asks for a code as well. */
export async function signIn(credentials: Credentials): Promise<void> {
  const session = await dataOf(api.POST('/v1/session', { body: credentials }))
  await enter(session as unknown as Session)
}

/** What the browser's cookie is worth. Never throws: without a session the sign-in is shown. */
export async function resume(): Promise<void> {
  if (!wasSignedIn()) return signedOut(true)
  try {
    await enter((await dataOf(api.GET('/v1/session'))) as unknown as Session)
  } catch {
    signedOut(true)
  }
}

/** Asks again who somebody is, after they changed their password or second factor. */
export async function lookAgain(): Promise<void> {
  await enter((await dataOf(api.GET('/v1/session'))) as unknown as Session)
}

export async function signOut(): Promise<void> {
  await dataOf(api.DELETE('/v1/session')).catch(() => {})
  signedOut(true)
}

export function switchWorkspace(id: string): void {
  chooseWorkspace(id)
  // Everything on screen is another workspace's.
  location.assign('/')
}

async function enter(session: Session): Promise<void> {
  const me = await dataOf(api.GET('/v1/me')).catch(async (error: unknown) => {
    // The workspace that was chosen once is none of theirs any more.
    if (chosenWorkspace() === null) throw error
    chooseWorkspace(null)
    return dataOf(api.GET('/v1/me'))
  })
  const { workspace, workspaces, scopes } = me as unknown as Omit<SignedIn, 'session'> & { workspace: string }
  const role = workspaces.find(({ id }) => id === workspace)?.role ?? session.role
  signedIn({ session: { ...session, workspace, role }, workspaces, scopes })
}
