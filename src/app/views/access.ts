import { KNOWN_START_WORDS, KNOWN_STOP_WORDS } from '../../domain/known-words.ts'
import { toIso } from '../../domain/time.ts'
import type { KeyRead } from '../../store/access/api-keys.ts'
import type { AuditRead } from '../../store/access/audit.ts'
import type { UserRead } from '../../store/access/users.ts'
import type { WorkspaceRead } from '../../store/access/workspaces.ts'

export function viewOfWorkspace(workspace: WorkspaceRead): Record<string, unknown> {
  return {
    ...viewOfWorkspaceInList(workspace),
    stop_words: workspace.stop_words ?? KNOWN_STOP_WORDS,
    start_words: workspace.start_words ?? KNOWN_START_WORDS,
    stop_buttons: workspace.stop_buttons,
    stop_reply: workspace.stop_reply,
    require_totp: workspace.require_totp,
    on_category_change: workspace.on_category_change,
    budget: workspace.budget,
  }
}

export function viewOfWorkspaceInList({ id, name, created_at }: WorkspaceRead): Record<string, unknown> {
  return { id, name, created_at: toIso(created_at) }
}

export function viewOfKey(key: KeyRead): Record<string, unknown> {
  return {
    ...key,
    expires_at: key.expires_at && toIso(key.expires_at),
    last_used_at: key.last_used_at && toIso(key.last_used_at),
    created_at: toIso(key.created_at),
  }
}

export function viewOfAudit(event: AuditRead): Record<string, unknown> {
  return { ...event, at: toIso(event.at) }
}

export function viewOfUser({ workspace, role, created_at, seen_at, ...user }: UserRead): Record<string, unknown> {
  return {
    ...user,
    // Of the asking workspace: what they are elsewhere is not shown.
    memberships: [{ workspace, role }],
    created_at: toIso(created_at),
    last_seen_at: seen_at && toIso(seen_at),
  }
}
