import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { guarded, StreamCut } from '../../src/graph/guarded-stream.ts'
import { eventually } from '../support/signals.ts'

const PATIENT = { idleMs: 60_000, totalMs: 60_000, maxBytes: 1_000 }

it.each(['idleMs', 'totalMs'] as const)(
  'is cut by its %s where nobody reads it, and that ends nothing else',
  async (limit) => {
    const guard = guarded(Readable.from(['Hello']), { ...PATIENT, [limit]: 20 })
    // Without a listener of its own: an error that nobody heard would end the process, and fail this file.
    await eventually(() => guard.closed)
    expect(guard.errored).toBeInstanceOf(StreamCut)
    expect(guard.errored).toMatchObject({ why: 'slow' })
  },
)

it('tells its reader', async () => {
  const guard = guarded(Readable.from(['Hello ', 'again']), { ...PATIENT, maxBytes: 8 })
  await expect(guard.toArray()).rejects.toMatchObject({ name: 'StreamCut', why: 'too_large' })
})
