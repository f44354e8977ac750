import { allows, isInPurview, type Principal, type Purview, type Scope } from '../domain/access.ts'
import type { Doer } from '../domain/audit.ts'
import { DEFAULT_WORKSPACE, type WorkspaceId } from '../domain/ids.ts'
import { type Instant, instant, toIso } from '../domain/time.ts'
import type { KeyRead, NewKey } from '../store/access/api-keys.ts'
import { type Answer, done, invalid, refused, unknown } from './answer.ts'

export interface ManageKeysIo {
  now(): Promise<Instant>
  isWorkspace(id: string): Promise<boolean>
  createKey(doer: Doer, key: NewKey): Promise<KeyRead & { key: string }>
  listKeys(purview: Purview): Promise<KeyRead[]>
  /** False when there is none in the purview. */
  revokeKey(doer: Doer, purview: Purview, id: string): Promise<boolean>
}

export type Administrator = Principal & Doer

export interface KeyRequest {
  name: string
  scopes: readonly Scope[]
  senders?: readonly string[] | null | undefined
  expires_at?: string | null | undefined
  allow_query?: boolean | undefined
  workspace?: string | undefined
}

/** Nobody gives a scope that they lack, nor numbers that they do not see. */
export async function createKey(
  io: ManageKeysIo,
  caller: Administrator,
  request: KeyRequest,
): Promise<Answer<KeyRead & { key: string }>> {
  const target = await purviewOf(io, caller, request.workspace)
  if (!target.ok) return target
  const lacking = request.scopes.find((scope) => !allows(caller.scopes, scope))
  if (lacking !== undefined) return forbidden('scopes', `expected scopes that you hold yourself, got "${lacking}"`)
  if (request.scopes.includes('system') && target.value.workspace !== DEFAULT_WORKSPACE) {
    return invalid('scopes', `expected a key with the scope "system" to be of the workspace ${DEFAULT_WORKSPACE}`)
  }
  const senders = request.senders ?? target.value.senders
  const foreign = senders?.find((sender) => !isInPurview(target.value, sender))
  if (foreign !== undefined) return forbidden('senders', `expected senders that you may use yourself, got ${foreign}`)
  const expiresAt = request.expires_at == null ? null : instant(Date.parse(request.expires_at))
  if (expiresAt !== null && expiresAt <= (await io.now())) {
    return invalid('expires_at', `expected expires_at to be in the future, got ${toIso(expiresAt)}`)
  }
  const { name, scopes, allow_query: allowQuery = false } = request
  const { workspace } = target.value
  return done(
    await io.createKey(caller, { workspace, name, scopes, senders, allowQuery, expiresAt, createdBy: caller.actor }),
  )
}

export async function listKeys(
  io: ManageKeysIo,
  caller: Principal,
  workspace: string | undefined,
): Promise<Answer<KeyRead[]>> {
  const target = await purviewOf(io, caller, workspace)
  return target.ok ? done(await io.listKeys(target.value)) : target
}

/** At once, on all processes. */
export async function revokeKey(
  io: ManageKeysIo,
  caller: Administrator,
  id: string,
  workspace: string | undefined,
): Promise<Answer<null>> {
  const target = await purviewOf(io, caller, workspace)
  if (!target.ok) return target
  return (await io.revokeKey(caller, target.value, id)) ? done(null) : unknown('key_unknown', `API key ${id}`)
}

/** The caller's own purview, or all of the workspace that somebody with `system` names. Who has not learns nothing of others. */
async function purviewOf(io: ManageKeysIo, caller: Principal, workspace: string | undefined): Promise<Answer<Purview>> {
  if (workspace === undefined || workspace === caller.workspace) {
    return done({ workspace: caller.workspace, senders: caller.senders })
  }
  if (!allows(caller.scopes, 'system')) {
    return forbidden('workspace', 'expected workspace to be your own, or a key with the scope "system"')
  }
  if (!(await io.isWorkspace(workspace))) return unknown('workspace_unknown', `workspace ${workspace}`)
  return done({ workspace: workspace as WorkspaceId, senders: caller.senders })
}

function forbidden<T>(field: string, message: string): Answer<T> {
  return refused({ status: 403, code: 'forbidden', message, field })
}
