import type { Readable } from 'node:stream'
import { Agent, type Dispatcher } from 'undici'
import { type GraphAnswer, readAnswer } from './answer.ts'
import { exchange } from './exchange.ts'
import { guarded, StreamCut } from './guarded-stream.ts'
import { createPlaces } from './places.ts'
import { by } from './template-client.ts'
import { uploadedFile, uploadSession } from './wire.ts'

/*
 * Files that stand as samples in the header of a template go to the app, not to a number: a session is opened for a file of this length and
 * type, the file streams into it, and the answer is a handle that a creation names.
 * Source: Meta, graph-api/guides/upload (read 2026-11).
 */

export interface SampleFile {
  appId: string
  accessToken: string
  /** Without parameters. */
  type: string
  bytes: number
  stream: Readable
  /** Of whom there are at most so many at once. */
  share: string
}

export type SampleAnswer =
  | GraphAnswer<{ handle: string }>
  /** No place is free. */
  | { kind: 'busy' }
  /** The client sent its file too slowly. */
  | { kind: 'slow' }

export interface SampleUploads {
  upload(file: SampleFile): Promise<SampleAnswer>
  close(): Promise<void>
  destroy(): Promise<void>
}

export interface SampleUploadOptions {
  origin: string
  /** What stands in front of every path, with the version. */
  root: string
  /** Milliseconds for Meta's answers. */
  timeoutMs: number
  limits?: Partial<typeof LIMITS>
}

/** Samples are rare. 100 MiB in five minutes are 350 kB/s. */
const LIMITS = { places: 8, placesEach: 4, idleMs: 15_000, totalMs: 300_000 }
const MAX_ANSWER_BYTES = 1 << 20

/** Both parts are base64, of either alphabet. Nothing in them may lead elsewhere. */
const SESSION = /^upload:[\w.=+/-]{1,2048}(\?sig=[\w.=+/-]{1,512})?$/

export function createSampleUploads(options: SampleUploadOptions): SampleUploads {
  const { origin, root, timeoutMs } = options
  const limits = { ...LIMITS, ...options.limits }
  const places = createPlaces(limits.places, limits.placesEach)
  const agent = new Agent({
    connections: limits.places,
    pipelining: 1,
    allowH2: false,
    connect: { timeout: Math.min(timeoutMs, 5_000) },
    headersTimeout: 0,
    bodyTimeout: 0,
  })

  function ask<T>(
    request: Omit<Dispatcher.DispatchOptions, 'origin' | 'method'>,
    parse: (json: unknown) => T | null,
    withinMs: number,
  ): Promise<GraphAnswer<T>> {
    const limited = { timeoutMs: withinMs, maxBodyBytes: MAX_ANSWER_BYTES }
    return exchange(agent, { origin, method: 'POST', ...request }, limited).then((answered) =>
      readAnswer(answered, parse, Date.now(), null),
    )
  }

  async function openSession({ appId, accessToken, type, bytes }: SampleFile): Promise<GraphAnswer<string>> {
    const query = new URLSearchParams({ file_length: String(bytes), file_type: type })
    const path = `${root}/${encodeURIComponent(appId)}/uploads?${query}`
    const sessionOf = (json: unknown) => {
      const id = by(uploadSession)(json)?.id
      return id !== undefined && SESSION.test(id) ? id.replaceAll('/', '%2F') : null
    }
    return ask({ path, headers: headersFor(accessToken) }, sessionOf, timeoutMs)
  }

  async function fill(session: string, file: SampleFile): Promise<SampleAnswer> {
    const stream = guarded(file.stream, { ...limits, maxBytes: file.bytes })
    const headers = [
      ...headersFor(file.accessToken),
      ...['file_offset', '0', 'content-type', file.type, 'content-length', String(file.bytes)],
    ]
    const answer = await ask(
      { path: `${root}/${session}`, headers, body: stream },
      by(uploadedFile),
      limits.totalMs + timeoutMs,
    )
    const cut = stream.errored instanceof StreamCut
    stream.destroy()
    if (answer.kind === 'ok') return { kind: 'ok', value: { handle: answer.value.h } }
    return cut ? { kind: 'slow' } : answer
  }

  return {
    async upload(file) {
      const release = places.take(file.share)
      if (release === null) return { kind: 'busy' }
      try {
        const session = await openSession(file)
        return session.kind === 'ok' ? await fill(session.value, file) : session
      } finally {
        release()
      }
    },
    close: () => agent.close(),
    destroy: () => agent.destroy(),
  }
}

/** The upload host knows `OAuth`, where everything else knows `Bearer`. Source: Meta, graph-api/guides/upload (read 2026-11). */
function headersFor(accessToken: string): string[] {
  return ['authorization', `OAuth ${accessToken}`, 'user-agent', 'casement']
}
