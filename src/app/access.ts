import { allows } from '../domain/access.ts'
import type { Services } from '../http/services.ts'
import { apiKeyStore } from '../store/access/api-keys.ts'
import * as workspaces from '../store/access/workspaces.ts'
import { databaseNow } from '../store/pg/clock.ts'
import type { Db } from '../store/pg/postgres.ts'
import { mapAnswer } from '../usecases/answer.ts'
import * as keys from '../usecases/manage-keys.ts'
import * as manage from '../usecases/manage-workspaces.ts'
import { bootstrapKeys } from './bootstrap-keys.ts'

type AccessServices = Pick<
  Services,
  | 'authenticate'
  | 'me'
  | 'createWorkspace'
  | 'listWorkspaces'
  | 'getWorkspace'
  | 'updateWorkspace'
  | 'createKey'
  | 'listKeys'
  | 'revokeKey'
>

/** Who is calling, and the workspaces and keys that decide it. */
export function accessServices(db: Db, ofEnvironment: readonly string[]): AccessServices {
  const bootstrap = bootstrapKeys(ofEnvironment)
  const store = apiKeyStore(db)
  const keysIo: keys.ManageKeysIo = {
    now: () => databaseNow(db),
    isWorkspace: async (id) => (await workspaces.readWorkspace(db, id)) !== null,
    createKey: (key) => store.create(key),
    listKeys: (purview) => store.list(purview),
    revokeKey: (purview, id) => store.revoke(purview, id),
  }
  const workspacesIo: manage.ManageWorkspacesIo = {
    createWorkspace: (id, name) => workspaces.createWorkspace(db, id, name),
    listWorkspaces: () => workspaces.listWorkspaces(db),
    readWorkspace: (id) => workspaces.readWorkspace(db, id),
    updateWorkspace: (id, changes) => workspaces.updateWorkspace(db, id, changes),
  }

  return {
    authenticate: async (bearer) => bootstrap(bearer) ?? store.authenticate(bearer),

    async me({ actor, workspace, scopes, senders }) {
      const home = await workspaces.readWorkspace(db, workspace)
      const { kind, id, name } = actor
      const own = { id: workspace, name: home?.name ?? workspace, role: roleOf(scopes) }
      return { kind, id, name, workspace, workspaces: [own], scopes, senders }
    },

    createWorkspace: async (_caller, input) =>
      mapAnswer(await manage.createWorkspace(workspacesIo, input), manage.viewInList),
    listWorkspaces: async () => (await workspacesIo.listWorkspaces()).map(manage.viewInList),
    getWorkspace: async (caller, id) =>
      mapAnswer(await manage.getWorkspace(workspacesIo, caller, id), manage.viewOfWorkspace),
    updateWorkspace: async (caller, id, changes) =>
      mapAnswer(await manage.updateWorkspace(workspacesIo, caller, id, changes), manage.viewOfWorkspace),

    createKey: async (caller, input) => mapAnswer(await keys.createKey(keysIo, caller, input), keys.viewOfKey),
    listKeys: async (caller, workspace) =>
      mapAnswer(await keys.listKeys(keysIo, caller, workspace), (all) => all.map(keys.viewOfKey)),
    revokeKey: (caller, id, workspace) => keys.revokeKey(keysIo, caller, id, workspace),
  }
}

/** The role of a user who might do the same, so that whoever shows it has one word for both. */
function roleOf(scopes: readonly string[]): 'viewer' | 'operator' | 'admin' {
  if (allows(scopes, 'admin')) return 'admin'
  return scopes.some((scope) => scope !== 'read') ? 'operator' : 'viewer'
}
