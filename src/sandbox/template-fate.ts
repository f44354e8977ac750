import type { TemplateCategory, TemplateRecord } from './records.ts'
import { announceTemplate, endHeld } from './template-life.ts'
import type { World } from './world.ts'

/* What becomes of an approved template by itself: pauses for its quality, another category, and what stops a whole portfolio. */

const HOUR_MS = 60 * 60 * 1000
const DAY_MS = 24 * HOUR_MS

/** Of the first and the second; the third ends it. Source: Meta, templates/template-pausing (read 2026-11). */
const PAUSES = [
  { title: 'FIRST_PAUSE', forMs: 3 * HOUR_MS },
  { title: 'SECOND_PAUSE', forMs: 6 * HOUR_MS },
] as const

/** Its rating fell to RED: paused for three hours, then for six, then disabled. The pauses end by themselves. */
export function strike(world: World, template: TemplateRecord): void {
  const previousQuality = template.quality
  template.quality = 'RED'
  if (previousQuality !== 'RED') announceTemplate(world, template, { previousQuality })
  const nth = template.strikes ?? 0
  template.strikes = nth + 1
  const pause = PAUSES[nth]
  template.status = pause ? 'PAUSED' : 'DISABLED'
  announceTemplate(world, template, 'status', { title: pause?.title ?? 'DISABLED' })
  if (!pause) return
  template.pausedUntil = world.clock.now() + pause.forMs
  endPauseInTime(world, template)
}

function endPauseInTime(world: World, template: TemplateRecord): void {
  const until = template.pausedUntil ?? null
  if (until === null) return
  world.scheduler.background(Math.max(0, until - world.clock.now()), () => {
    if (template.status !== 'PAUSED' || template.pausedUntil !== until) return
    template.pausedUntil = null
    template.status = 'APPROVED'
    announceTemplate(world, template, 'status', { title: 'UNPAUSE' })
  })
}

/** After a restart: what was to become of it by itself still does. */
export function resumeFate(world: World, template: TemplateRecord): void {
  if (template.status === 'PAUSED') endPauseInTime(world, template)
  recategoriseInTime(world, template)
}

/**
 * Told a day before it happens; an account that was warned is told nothing. It stays approved, and its own time to live is gone.
 * Source: Meta, templates/template-categorization (read 2026-11).
 */
export function recategorise(world: World, template: TemplateRecord, to: TemplateCategory, noticeMs = DAY_MS): void {
  if (noticeMs === 0) {
    changeCategory(world, template, to)
    return
  }
  template.correctCategory = to
  template.categoryChangesAt = world.clock.now() + noticeMs
  announceTemplate(world, template, 'category')
  recategoriseInTime(world, template)
}

function changeCategory(world: World, template: TemplateRecord, to: TemplateCategory): void {
  Object.assign(template, { previousCategory: template.category, category: to })
  Object.assign(template, { correctCategory: null, categoryChangesAt: null, ttlSeconds: null })
  announceTemplate(world, template, 'category')
}

function recategoriseInTime(world: World, template: TemplateRecord): void {
  const { correctCategory: to, categoryChangesAt: at } = template
  if (!to || !at) return
  world.scheduler.background(Math.max(0, at - world.clock.now()), () => {
    if (template.categoryChangesAt === at) changeCategory(world, template, to)
  })
}

export type PortfolioPacing = 'hold' | 'release' | 'drop' | 'clear'

/**
 * Large campaigns of a young portfolio go out in batches: what is behind the first is held, and goes or is dropped with 132015. After a
 * drop the portfolio neither sends nor creates templates while it is reviewed. Source: Meta, business-portfolio pacing (read 2026-11).
 */
export function pacePortfolio(world: World, portfolioId: string, to: PortfolioPacing): void {
  const { portfolios } = world.ledger
  if (to === 'hold') portfolios.set(portfolioId, 'paced')
  else if (to === 'drop') portfolios.set(portfolioId, 'reviewed')
  else portfolios.delete(portfolioId)
  if (to === 'release' || to === 'drop') {
    const isOf = (template: TemplateRecord | undefined) =>
      template !== undefined && world.ledger.wabas.get(template.wabaId)?.portfolioId === portfolioId
    endHeld(world, (templateId) => isOf(world.ledger.templates.get(templateId)), to === 'release')
  }
  world.changed()
}
