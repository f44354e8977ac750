import type { IntentId } from '../domain/ids.ts'
import type { RefusedTemplate } from '../store/templates/refusals.ts'

export interface ProbeTemplatesIo {
  /** Those that a message has proved to go. */
  endProven(): Promise<RefusedTemplate[]>
  /** Those that a message may try now. */
  toProbe(): Promise<RefusedTemplate[]>
  /** Lets go the one message that may try it; null where nobody waits who could. */
  probe(template: RefusedTemplate): Promise<IntentId | null>
  /** Portfolios that Meta reviews, by what became of their templates; answers those where that has changed. */
  judgePortfolios(): Promise<{ id: string; reviewed: boolean }[]>
  notifyDue(): Promise<void>
  warn(details: object, message: string): void
}

/**
 * Meta refuses a template as paused and lists it as approved, as while it reviews a portfolio, and tells nobody when that ends. So one message
 * at a time finds out, and the others wait. See store/templates/refusals.ts.
 */
export async function probeTemplates(io: ProbeTemplatesIo): Promise<void> {
  for (const { wabaId, name } of await io.endProven()) {
    io.warn({ waba: wabaId, template: name }, 'Meta takes a template again that it had refused')
  }
  let released = 0
  for (const template of await io.toProbe()) if ((await io.probe(template)) !== null) released++
  for (const { id, reviewed } of await io.judgePortfolios()) {
    io.warn(
      { portfolio: id },
      reviewed ? 'Meta refuses the templates of a portfolio' : 'a portfolio is not refused any more',
    )
  }
  if (released > 0) await io.notifyDue()
}
