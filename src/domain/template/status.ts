/**
 * Whether a template can be sent: `usable` now, `waiting` for Meta or for a cure, `gone` for good.
 * FLAGGED is a warning on an approved template; REINSTATED and UNARCHIVED are webhook events of templates that are approved again. A
 * status nobody knows yet waits: holding is undone by the next sync, failing is not.
 * Source: Meta, templates/template-management and webhooks reference, message_template_status_update (read 2026-11).
 */
export function templateStatusClass(status: string): 'usable' | 'waiting' | 'gone' {
  switch (status.toUpperCase()) {
    case 'APPROVED':
    case 'FLAGGED':
    case 'REINSTATED':
    case 'UNARCHIVED':
      return 'usable'
    case 'REJECTED':
    case 'DISABLED':
    case 'DELETED':
    case 'ARCHIVED':
    case 'PENDING_DELETION':
    case 'LIMIT_EXCEEDED':
      return 'gone'
    default:
      return 'waiting'
  }
}
