import type { PhoneNumberId, WorkspaceId } from './ids.ts'

/*
 * Who may do what. A workspace is a tenant: what belongs to another does not exist. Inside of one, a scope says what may be done, and a
 * purview which numbers it may be done with.
 */

/**
 * What a caller can see: a workspace, or of its numbers only some. Every read and write of what a tenant owns takes one, or the workspace
 * alone where no number is concerned, so that forgetting it does not compile.
 */
export interface Purview {
  workspace: WorkspaceId
  /** Phone number ids; null: all of the workspace. */
  senders: readonly PhoneNumberId[] | null
}

export function isInPurview({ senders }: Pick<Purview, 'senders'>, sender: string): boolean {
  return senders === null || (senders as readonly string[]).includes(sender)
}

/** All of a workspace. */
export function allOf(workspace: WorkspaceId): Purview {
  return { workspace, senders: null }
}

export const SCOPES = ['read', 'send', 'templates', 'campaigns', 'admin', 'system'] as const
export type Scope = (typeof SCOPES)[number]

const INCLUDED: Readonly<Record<Scope, readonly Scope[]>> = {
  read: ['read'],
  send: ['read', 'send'],
  templates: ['read', 'templates'],
  campaigns: ['read', 'campaigns'],
  admin: ['read', 'send', 'templates', 'campaigns', 'admin'],
  system: SCOPES,
}

/** Whether somebody who holds these scopes may do what asks for this one. Scopes that nobody knows allow nothing. */
export function allows(held: readonly string[], asked: Scope): boolean {
  return held.some((scope) => isScope(scope) && INCLUDED[scope].includes(asked))
}

export function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text)
}

/** Who asked for something, kept with what was made of it and in the audit log. */
export interface Actor {
  /** `cli`: a person at the machine, whose command works on the database itself. */
  kind: 'key' | 'user' | 'library' | 'campaign' | 'flow' | 'cli' | 'system'
  /** Null where the kind says all there is to say. */
  id: string | null
  name: string
  /** By the Cloud API's own paths: webhooks that are passed on speak of what came that way by the id that its client was given. */
  via?: 'drop_in'
}

/**
 * Who asks: somebody with scopes inside a purview. An API key is one, and so is a signed-in person, whose role in the workspace that they
 * chose says the scopes.
 */
export interface Principal extends Purview {
  actor: Actor
  scopes: readonly string[]
  /** Whether the drop-in may take the credential from `?access_token=`, where proxies and browsers write it down. */
  allowQuery: boolean
}

/** Casement itself, such as for the invitation that it sends in an intent's place. */
export const SYSTEM: Actor = { kind: 'system', id: null, name: 'casement' }
