import { type Actor, allOf } from '../../src/domain/access.ts'
import { NO_ORIGIN } from '../../src/domain/audit.ts'
import { DEFAULT_WORKSPACE, type WorkspaceId } from '../../src/domain/ids.ts'

/** The workspace that tests live in, unless they are about several. */
export const HERE = allOf(DEFAULT_WORKSPACE)
/** Another tenant, to whom nothing of ours exists. */
export const ANOTHER = allOf('another' as WorkspaceId)

const ACTOR: Actor = { kind: 'key', id: '1', name: 'ops' }

/** Callers who may do everything in their workspace. */
export const CALLER = { ...HERE, actor: ACTOR, scopes: ['admin'], allowQuery: false, origin: NO_ORIGIN }
export const STRANGER = { ...ANOTHER, actor: ACTOR, scopes: ['admin'], allowQuery: false, origin: NO_ORIGIN }
