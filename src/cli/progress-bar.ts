import type { Terminal } from './terminal.ts'

export interface ProgressBar {
  /** So much of the whole is done. */
  at(done: number): void
  /** Leaves what was drawn last on the screen. */
  done(): void
}

const WIDTH = 30
/** Where there is no terminal: a line for each of so many parts. */
const NOTES = 4
const DRAWN_EVERY_MS = 50

/** How far something has come, drawn in place; a line now and then where nothing can be. */
export function progressBar(
  terminal: Terminal,
  what: string,
  total: number,
  told: (count: number) => string,
): ProgressBar {
  const block = terminal.live()
  let noted = 0
  let drawnAt = Number.NEGATIVE_INFINITY
  return {
    at(done) {
      const share = total === 0 ? 1 : Math.min(1, done / total)
      const text = `${what} ${String(Math.floor(share * 100)).padStart(3)} % ${told(done)} of ${told(total)}`
      if (block === null) {
        if (share * NOTES < noted + 1) return
        noted = Math.floor(share * NOTES)
        terminal.note(text)
      } else if (share === 1 || performance.now() - drawnAt >= DRAWN_EVERY_MS) {
        drawnAt = performance.now()
        const full = Math.round(share * WIDTH)
        block.draw(`${'█'.repeat(full)}${terminal.noteColors.dim('░'.repeat(WIDTH - full))} ${text}`)
      }
    },
    done: () => block?.done(),
  }
}

export function mebibytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`
}
