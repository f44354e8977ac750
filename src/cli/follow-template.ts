import { setTimeout as delay } from 'node:timers/promises'
import type { Api } from './api.ts'
import type { Cli } from './cli.ts'
import { read, type TemplateView, templateView } from './views.ts'

/* Meta reviews what was created or edited, mostly within minutes and always within a day. Source: Meta, template-review (read 2026-11). */

export interface Followed {
  answer: unknown
  template: TemplateView
  /** False: the time was over first. */
  decided: boolean
}

const UNDECIDED = new Set(['PENDING', 'IN_APPEAL'])

/** Looks until Meta has decided, and tells how long that takes. */
export async function followTemplate(cli: Cli, api: Api, id: string, timeoutMs: number): Promise<Followed> {
  const { terminal } = cli
  const startedMs = performance.now()
  const block = terminal.live()
  let noted = ''
  try {
    for (;;) {
      const answer = await api.get(`/v1/templates/${encodeURIComponent(id)}`)
      const template = read(templateView, answer)
      const passedMs = performance.now() - startedMs
      if (!UNDECIDED.has(template.status)) return { answer, template, decided: true }
      if (passedMs >= timeoutMs) return { answer, template, decided: false }
      const line = `${template.status}: Meta reviews it`
      if (block) block.draw(`${line}, for ${Math.round(passedMs / 1_000)} s now`)
      else if (line !== noted) terminal.note(terminal.noteColors.dim(line))
      noted = line
      await delay(Math.min(pauseAfter(passedMs), Math.max(timeoutMs - passedMs, 1)))
    }
  } finally {
    block?.done()
  }
}

/** What takes long is not asked about as often. */
function pauseAfter(passedMs: number): number {
  if (passedMs < 30_000) return 500
  return passedMs < 300_000 ? 5_000 : 30_000
}
