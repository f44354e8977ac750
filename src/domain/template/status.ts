/**
 * Whether a template can be sent: `usable` now, `waiting` for Meta or for a cure, `gone` for good.
 * FLAGGED is a warning on an approved template; REINSTATED and UNARCHIVED are webhook events of templates that are approved again. A
 * status nobody knows yet waits: holding is undone by the next sync, failing is not.
 * Source: Meta, templates/template-management and webhooks reference, message_template_status_update (read 2026-11).
 */
export type TemplateStatusClass = 'usable' | 'waiting' | 'gone'

const STATUSES = {
  usable: ['APPROVED', 'FLAGGED', 'REINSTATED', 'UNARCHIVED'],
  gone: ['REJECTED', 'DISABLED', 'DELETED', 'ARCHIVED', 'PENDING_DELETION', 'LIMIT_EXCEEDED'],
} as const

const classOf = new Map<string, TemplateStatusClass>(
  (['usable', 'gone'] as const).flatMap((name) => STATUSES[name].map((status) => [status, name])),
)

export function templateStatusClass(status: string): TemplateStatusClass {
  return classOf.get(status.toUpperCase()) ?? 'waiting'
}

/**
 * What a webhook's event makes of a template: `REINSTATED` and `UNARCHIVED` are no statuses, and `LOCKED` says only that it cannot be edited;
 * null: its status stays. Source: Meta, webhooks reference, message_template_status_update (read 2026-11).
 */
export function statusOfEvent(event: string): string | null {
  const known = event.toUpperCase()
  if (known === 'LOCKED') return null
  return known === 'REINSTATED' || known === 'UNARCHIVED' ? 'APPROVED' : known
}

/** It is gone at Meta, or will be as soon as its last messages have arrived. */
export function isDeletedStatus(status: string): boolean {
  return DELETED.has(status.toUpperCase())
}

const DELETED: ReadonlySet<string> = new Set(['DELETED', 'PENDING_DELETION'])

/** The statuses of a class, in capitals, for a `where`; everything else is `waiting`. */
export function templateStatusesOf(name: keyof typeof STATUSES): readonly string[] {
  return STATUSES[name]
}
