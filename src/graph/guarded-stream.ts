import { pipeline, type Readable, Transform } from 'node:stream'

export interface StreamLimits {
  /** The longest pause between two bytes, whoever of the two ends makes it; milliseconds. */
  idleMs: number
  /** From now to the last byte; milliseconds. */
  totalMs: number
  maxBytes: number
  /** Asked of everything that passes, before it does. */
  allows?: (chunk: Buffer) => boolean
}

/** Why a stream was cut: it paused or lasted too long, was too long, or held what may not pass. */
export class StreamCut extends Error {
  readonly why: 'slow' | 'too_large' | 'foreign'

  constructor(why: StreamCut['why'], message: string) {
    super(message)
    this.name = 'StreamCut'
    this.why = why
  }
}

/**
 * The same bytes, for as long as they keep moving. Neither a source that dawdles nor a reader that does not read holds what is behind it
 * for longer than the limits say: both ends are destroyed then, with `StreamCut`.
 */
export function guarded(source: Readable, { idleMs, totalMs, maxBytes, allows }: StreamLimits): Readable {
  let bytes = 0
  const cut = (why: StreamCut['why'], message: string) => guard.destroy(new StreamCut(why, message))
  const idle = setTimeout(() => cut('slow', `expected a byte within ${idleMs} ms, got none`), idleMs)
  const total = setTimeout(() => cut('slow', `expected the last byte within ${totalMs} ms`), totalMs)
  const guard = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      idle.refresh()
      bytes += chunk.length
      if (bytes > maxBytes) done(new StreamCut('too_large', `expected at most ${maxBytes} bytes, got more`))
      else if (allows && !allows(chunk)) done(new StreamCut('foreign', 'expected nothing but what may pass'))
      else done(null, chunk)
    },
  })
  // Destroys the other end, whichever fails; who reads the guard hears of it there.
  pipeline(source, guard, () => {})
  // It lets go of the guard when the source has ended. From then on an error that no reader hears would end the process.
  guard.on('error', () => {})
  guard.once('close', () => {
    clearTimeout(idle)
    clearTimeout(total)
  })
  return guard
}
