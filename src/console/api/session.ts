import { createStore, useStore } from './store.ts'

/*
 * Who is signed in, and where. The cookie is the browser's and unreadable; here is what the API said of it. Kept in memory but for two notes:
 * that there was a session (asking without one counts as a sign-in that failed), and the workspace that was chosen.
 */

export type Role = 'viewer' | 'operator' | 'admin'

export interface Session {
  user: { id: string; email: string; name: string }
  workspace: string
  role: Role
  csrf_token: string
  expires_at: string
  has_password: boolean
  has_totp: boolean
}

export interface Workspace {
  id: string
  name: string
  role: Role
}

export interface SignedIn {
  session: Session
  workspaces: Workspace[]
  scopes: string[]
}

/** `starting`: not asked yet. `out` keeps who was here, so that the page stays behind the dialog. */
export interface SessionState {
  phase: 'starting' | 'out' | 'in'
  who: SignedIn | null
}

const KNOWN = 'casement-signed-in'
const WORKSPACE = 'casement-workspace'

export const sessionStore = createStore<SessionState>({ phase: 'starting', who: null })

export function useSession(): SessionState {
  return useStore(sessionStore)
}

/** Only below the shell, which shows nothing else without a session. */
export function useWho(): SignedIn {
  const { who } = useSession()
  if (who === null) throw new Error('expected somebody who signed in')
  return who
}

export function useIsAdmin(): boolean {
  return useWho().session.role === 'admin'
}

/** Viewers may look and nothing else. */
export function useMaySend(): boolean {
  return useWho().session.role !== 'viewer'
}

/** The first membership where none was chosen. */
export function chosenWorkspace(): string | null {
  return localStorage.getItem(WORKSPACE)
}

export function chooseWorkspace(id: string | null): void {
  if (id === null) localStorage.removeItem(WORKSPACE)
  else localStorage.setItem(WORKSPACE, id)
}

export function wasSignedIn(): boolean {
  return localStorage.getItem(KNOWN) !== null
}

export function signedIn(who: SignedIn): void {
  localStorage.setItem(KNOWN, '1')
  sessionStore.set({ phase: 'in', who })
}

/** @param forgets false where a session ended by itself: what was typed behind the dialog stays */
export function signedOut(forgets: boolean): void {
  if (forgets) localStorage.removeItem(KNOWN)
  sessionStore.set({ phase: 'out', who: forgets ? null : sessionStore.get().who })
}
