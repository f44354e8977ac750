import { allows, type Principal } from '../domain/access.ts'
import type { Doer } from '../domain/audit.ts'
import type { WorkspaceId } from '../domain/ids.ts'
import type { WorkspacePatch, WorkspaceRead } from '../store/access/workspaces.ts'
import { type Answer, done, invalid, refused, unknown } from './answer.ts'

export type { WorkspacePatch } from '../store/access/workspaces.ts'

export interface ManageWorkspacesIo {
  /** Null when there is one of this id. */
  createWorkspace(doer: Doer, id: string, name: string): Promise<WorkspaceRead | null>
  listWorkspaces(): Promise<WorkspaceRead[]>
  readWorkspace(id: string): Promise<WorkspaceRead | null>
  updateWorkspace(doer: Doer, id: WorkspaceId, changes: WorkspacePatch): Promise<WorkspaceRead | null>
  /** Null where there is no such workspace. */
  makeSigningSecret(doer: Doer, id: WorkspaceId): Promise<string | null>
}

/** Without an id one is made of the name. */
export async function createWorkspace(
  io: ManageWorkspacesIo,
  doer: Doer,
  { id, name }: { id?: string | undefined; name: string },
): Promise<Answer<WorkspaceRead>> {
  const made = id ?? idOf(name)
  if (made === '') return invalid('id', 'expected id to be there, since name has no letter or digit to make one of')
  const workspace = await io.createWorkspace(doer, made, name)
  if (workspace) return done(workspace)
  const message = `expected id to be new, there is a workspace "${made}"`
  return refused({ status: 409, code: 'workspace_exists', message, field: id === undefined ? 'name' : 'id' })
}

const MAX_ID_LENGTH = 40

/** `Café São João` becomes `cafe-sao-joao`; empty when nothing is left. */
function idOf(name: string): string {
  const letters = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  const dashed = letters.replace(/[^a-z0-9]+/g, '-').replace(/^-+/, '')
  return dashed.slice(0, MAX_ID_LENGTH).replace(/-+$/, '')
}

export async function getWorkspace(
  io: ManageWorkspacesIo,
  caller: Principal,
  id: string,
): Promise<Answer<WorkspaceRead>> {
  const workspace = maySee(caller, id) ? await io.readWorkspace(id) : null
  return workspace ? done(workspace) : unknownWorkspace(id)
}

export async function updateWorkspace(
  io: ManageWorkspacesIo,
  caller: Principal & Doer,
  id: string,
  changes: WorkspacePatch,
): Promise<Answer<WorkspaceRead>> {
  const workspace = maySee(caller, id) ? await io.updateWorkspace(caller, id as WorkspaceId, changes) : null
  return workspace ? done(workspace) : unknownWorkspace(id)
}

/** What the calls of its flows are signed with from now on. It is shown here and never again. */
export async function makeSigningSecret(
  io: ManageWorkspacesIo,
  caller: Principal & Doer,
  id: string,
): Promise<Answer<{ secret: string }>> {
  const secret = maySee(caller, id) ? await io.makeSigningSecret(caller, id as WorkspaceId) : null
  return secret === null ? unknownWorkspace(id) : done({ secret })
}

function maySee({ workspace, scopes }: Principal, id: string): boolean {
  return workspace === id || allows(scopes, 'system')
}

function unknownWorkspace<T>(id: string): Answer<T> {
  return unknown('workspace_unknown', `workspace ${id}`)
}
