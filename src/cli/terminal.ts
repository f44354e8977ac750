import { createLogUpdate } from 'log-update'
import pc from 'picocolors'
import { visible } from '../visible.ts'

export type Colors = ReturnType<typeof pc.createColors>

/** Where a command speaks: results go to standard output, everything else to standard error. */
export interface Terminal {
  /** One result. A line end is added. */
  print(text: string): void
  /** A piece of a file, as it is; on a screen without what could steer it. Resolves when there is room for more. */
  write(text: string): Promise<void>
  /** Progress, a warning, a mistake. A line end is added. */
  note(text: string): void
  /** For what is printed; plain when standard output is no terminal or NO_COLOR is set. */
  readonly colors: Colors
  readonly noteColors: Colors
  /** Redraws a block below the notes. Null when standard error is no terminal: then progress is told in notes. */
  live(): LiveBlock | null
}

export interface LiveBlock {
  draw(text: string): void
  /** Leaves the last drawing on the screen. */
  done(): void
}

export function processTerminal(): Terminal {
  const { stdout, stderr } = process
  // A reader that has seen enough (`casement intent list | head`) is no failure.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  return {
    print: (text) => void stdout.write(`${visible(text)}\n`),
    write: (text) =>
      new Promise((resolve, reject) =>
        stdout.write(stdout.isTTY ? visible(text.replaceAll('\r\n', '\n')) : text, (error) =>
          error ? reject(error) : resolve(),
        ),
      ),
    note: (text) => void stderr.write(`${visible(text)}\n`),
    // picocolors counts a CI system as a terminal; a log file there should stay plain.
    colors: pc.createColors(pc.isColorSupported && stdout.isTTY),
    noteColors: pc.createColors(pc.isColorSupported && stderr.isTTY),
    live() {
      if (!stderr.isTTY) return null
      const update = createLogUpdate(stderr)
      return { draw: (text) => update(visible(text)), done: () => update.done() }
    },
  }
}
