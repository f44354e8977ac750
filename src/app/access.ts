import { allows } from '../domain/access.ts'
import type { Deed } from '../domain/audit.ts'
import type { Services } from '../http/services.ts'
import { newStandardSecret } from '../outbound/signing.ts'
import { apiKeyStore } from '../store/access/api-keys.ts'
import { listAudit as readAudit, recordDeed } from '../store/access/audit.ts'
import { replaceSigningSecret } from '../store/access/signing-secrets.ts'
import * as workspaces from '../store/access/workspaces.ts'
import { ofWorkspace, type TokenVault } from '../store/accounts/token-vault.ts'
import { idsInLog } from '../store/people/contacts.ts'
import { databaseNow } from '../store/pg/clock.ts'
import type { Postgres } from '../store/pg/postgres.ts'
import { mapAnswer } from '../usecases/answer.ts'
import * as keys from '../usecases/manage-keys.ts'
import * as manage from '../usecases/manage-workspaces.ts'
import { mapPage } from '../usecases/paging.ts'
import { listAudit, type ReadAuditIo } from '../usecases/read-audit.ts'
import { bootstrapKeys } from './bootstrap-keys.ts'
import { deedsOn } from './deeds.ts'
import { type RefusedSignIns, refusedSignIns } from './refused-sign-ins.ts'
import { viewOfAudit, viewOfKey, viewOfWorkspace, viewOfWorkspaceInList } from './views/access.ts'

type AccessServices = Pick<
  Services,
  | 'authenticate'
  | 'record'
  | 'signInRefused'
  | 'listAudit'
  | 'me'
  | 'createWorkspace'
  | 'listWorkspaces'
  | 'getWorkspace'
  | 'updateWorkspace'
  | 'makeSigningSecret'
  | 'createKey'
  | 'listKeys'
  | 'revokeKey'
>

/** Who is calling, and the workspaces and keys that decide it. */
export function accessServices(
  postgres: Postgres,
  vault: TokenVault,
  ofEnvironment: readonly string[],
  onError: (error: Error) => void,
): AccessServices & { refusals: RefusedSignIns } {
  const { db } = postgres
  const deeds = deedsOn(postgres)
  const bootstrap = bootstrapKeys(ofEnvironment)
  const store = apiKeyStore(db)
  const keysIo: keys.ManageKeysIo = {
    now: () => databaseNow(db),
    isWorkspace: async (id) => (await workspaces.readWorkspace(db, id)) !== null,
    createKey: (doer, key) =>
      deeds(
        doer,
        (trx) => apiKeyStore(trx).create(key),
        ({ id, prefix }) => ({
          action: 'key.create',
          object: { kind: 'key', id },
          detail: {
            prefix,
            name: key.name,
            scopes: key.scopes,
            senders: key.senders,
            allow_query: key.allowQuery,
            workspace: key.workspace,
          },
        }),
      ),
    listKeys: (purview) => store.list(purview),
    revokeKey: (doer, purview, id) =>
      deeds(
        doer,
        (trx) => apiKeyStore(trx).revoke(purview, id),
        (revoked) =>
          revoked
            ? { action: 'key.revoke', object: { kind: 'key', id }, detail: { workspace: purview.workspace } }
            : null,
      ),
  }
  const auditIo: ReadAuditIo = {
    listAudit: (selection) => readAudit(db, selection),
    idsOfContact: (workspace, key) => idsInLog(db, workspace, key),
  }
  const refusals = refusedSignIns(
    (doer, attempts) =>
      recordDeed(
        db,
        doer,
        { action: 'access.sign_in', object: { kind: 'access', id: null }, detail: { attempts } },
        'refused',
      ),
    onError,
  )
  const workspacesIo: manage.ManageWorkspacesIo = {
    createWorkspace: (doer, id, name) =>
      deeds(
        doer,
        (trx) => workspaces.createWorkspace(trx, id, name),
        (made) => made && workspaceDeed('create', id, { name }),
      ),
    listWorkspaces: () => workspaces.listWorkspaces(db),
    readWorkspace: (id) => workspaces.readWorkspace(db, id),
    updateWorkspace: (doer, id, changes) =>
      deeds(
        doer,
        (trx) => workspaces.updateWorkspace(trx, id, changes),
        (updated) => updated && workspaceDeed('update', id, { members: Object.keys(changes) }),
      ),
    async makeSigningSecret(doer, id) {
      const secret = newStandardSecret()
      const made = await deeds(
        doer,
        (trx) => replaceSigningSecret(trx, id, vault.seal(secret, ofWorkspace(id))),
        (replaced) => (replaced ? workspaceDeed('sign', id, {}) : null),
      )
      return made ? secret : null
    },
  }

  return {
    record: (doer, deed, outcome) => recordDeed(db, doer, deed, outcome),
    signInRefused: refusals.refused,
    listAudit: async (caller, query) => mapPage(await listAudit(auditIo, caller, query), viewOfAudit),
    refusals,

    authenticate: async (bearer) => bootstrap(bearer) ?? store.authenticate(bearer),

    async me({ actor, workspace, scopes, senders, signedIn }) {
      if (signedIn) {
        const workspaces = signedIn.session.memberships.map((one) => ({
          id: one.workspace,
          name: one.workspaceName,
          role: one.role,
        }))
        return { ...actor, workspace, workspaces, scopes, senders }
      }
      const home = await workspaces.readWorkspace(db, workspace)
      const { kind, id, name } = actor
      const own = { id: workspace, name: home?.name ?? workspace, role: roleOf(scopes) }
      return { kind, id, name, workspace, workspaces: [own], scopes, senders }
    },

    createWorkspace: async (caller, input) =>
      mapAnswer(await manage.createWorkspace(workspacesIo, caller, input), viewOfWorkspaceInList),
    listWorkspaces: async () => (await workspacesIo.listWorkspaces()).map(viewOfWorkspaceInList),
    getWorkspace: async (caller, id) => mapAnswer(await manage.getWorkspace(workspacesIo, caller, id), viewOfWorkspace),
    updateWorkspace: async (caller, id, changes) =>
      mapAnswer(await manage.updateWorkspace(workspacesIo, caller, id, changes), viewOfWorkspace),

    makeSigningSecret: (caller, id) => manage.makeSigningSecret(workspacesIo, caller, id),

    createKey: async (caller, input) => mapAnswer(await keys.createKey(keysIo, caller, input), viewOfKey),
    listKeys: async (caller, workspace) =>
      mapAnswer(await keys.listKeys(keysIo, caller, workspace), (all) => all.map(viewOfKey)),
    revokeKey: (caller, id, workspace) => keys.revokeKey(keysIo, caller, id, workspace),
  }
}

function workspaceDeed(what: string, id: string, detail: Deed['detail'] = {}): Deed {
  return { action: `workspace.${what}`, object: { kind: 'workspace', id }, detail }
}

/** The role of a user who might do the same, so that whoever shows it has one word for both. */
function roleOf(scopes: readonly string[]): 'viewer' | 'operator' | 'admin' {
  if (allows(scopes, 'admin')) return 'admin'
  return scopes.some((scope) => scope !== 'read') ? 'operator' : 'viewer'
}
