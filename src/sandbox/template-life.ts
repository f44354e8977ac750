import type { TemplateRecord } from './records.ts'
import { markFailed, startStatuses } from './statuses.ts'
import { templateCategory, templateComponents, templateQuality, templateStatus } from './webhooks/payloads.ts'
import type { World } from './world.ts'

/** Decides about a pending template when its review time has passed; with no review time it waits for a person. */
export function reviewLater(world: World, template: TemplateRecord): void {
  template.updatedAt = world.clock.now()
  world.changed()
  const reviewMs = world.knobs.templateApprovalMs
  if (reviewMs === null) return
  world.scheduler.after(reviewMs, () => {
    if (template.status !== 'PENDING' || world.ledger.templates.get(template.id) !== template) return
    const refused = isDuplicate(world, template)
    template.status = refused ? 'REJECTED' : 'APPROVED'
    template.rejectedReason = refused ? 'INVALID_FORMAT' : 'NONE'
    announceTemplate(world, template, 'status', refused ? { reason: template.rejectedReason } : {})
  })
}

/**
 * Body and footer are those of another template of the account: rejected, unless it is for codes. Which reason Meta gives is not documented,
 * nor what of the languages of one name, which are taken here. Source: Meta, templates/template-review (read 2026-11).
 */
function isDuplicate(world: World, template: TemplateRecord): boolean {
  if (template.category === 'AUTHENTICATION') return false
  const text = textOf(template)
  return [...world.ledger.templates.values()].some(
    (other) =>
      other.wabaId === template.wabaId &&
      other.name !== template.name &&
      !['PENDING', 'REJECTED', 'DELETED'].includes(other.status) &&
      textOf(other) === text,
  )
}

function textOf({ components }: TemplateRecord): string {
  const ofType = (type: string) => components.find((component) => component.type === type)?.text ?? null
  return JSON.stringify([ofType('BODY'), ofType('FOOTER')])
}

/** Reports a change of a template by the webhook of its kind. */
export function announceTemplate(
  world: World,
  template: TemplateRecord,
  what: 'status' | 'category' | 'components' | { previousQuality: string },
  details: { reason?: string; title?: string; event?: string } = {},
): void {
  template.updatedAt = world.clock.now()
  const waba = world.ledger.wabas.get(template.wabaId)
  if (!waba) return
  const [field, value] =
    typeof what === 'object'
      ? ['message_template_quality_update', templateQuality(template, what.previousQuality)]
      : what === 'status'
        ? ['message_template_status_update', templateStatus(template, { reason: null, ...details })]
        : what === 'category'
          ? ['template_category_update', templateCategory(template)]
          : ['message_template_components_update', templateComponents(template)]
  world.webhooks.report(waba, field as string, value as Record<string, unknown>, `template/${template.id}`)
  world.changed()
}

/**
 * Ends the pacing of a template. Released, its held messages go out; otherwise it is paused and they fail with 132015.
 * Source: Meta, templates/template-pacing (read 2026-11).
 */
export function endPacing(world: World, template: TemplateRecord, verdict: 'release' | 'pause'): void {
  template.paced = false
  if (verdict === 'pause') {
    template.status = 'PAUSED'
    announceTemplate(world, template, 'status', { title: 'RATE_LIMITING_PAUSE' })
  }
  endHeld(world, (templateId) => templateId === template.id, verdict === 'release')
}

/** What is held for assessment of these templates goes out, or fails with 132015. */
export function endHeld(world: World, isOf: (templateId: string) => boolean, released: boolean): void {
  for (const message of world.ledger.messages.values()) {
    if (message.status !== 'held' || message.template === null || !isOf(message.template.id)) continue
    if (released) {
      message.status = 'accepted'
      startStatuses(world, message)
    } else {
      message.failsWith = 132015
      markFailed(world, message)
    }
  }
}
