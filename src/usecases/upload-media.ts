import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import type { Purview } from '../domain/access.ts'
import { inMegabytes, largestOf } from '../domain/media-limits.ts'
import { type Answer, done, invalid, refused, unknown } from './answer.ts'
import { type PassThroughIo, passThrough } from './pass-through.ts'

export interface Upload {
  sender: string
  /** Of the file, as MIME names it. */
  type: string
  /** Null: it has none, and gets one. */
  filename: string | null
  /** As the client announced them; null where it did not. */
  bytes: number | null
  stream: Readable
}

/** One type with its parameters; what would end the line of a form is none. */
const TYPE = /^[\w.+-]{1,100}\/[\w.+-]{1,100}(?: *; *[\w-]{1,40}=(?:[\w.+-]{1,100}|"[\w.+, -]{1,100}"))*$/

/** A file on its way to Meta, which gives it an id for a message and keeps it for 30 days. Nothing of it is kept here. */
export async function uploadMedia(
  io: PassThroughIo,
  purview: Purview,
  upload: Upload,
): Promise<Answer<{ id: string }>> {
  const { sender, type, bytes, stream } = upload
  if (!TYPE.test(type))
    return invalid('content-type', 'expected Content-Type to be that of the file, such as image/jpeg')
  const boundary = `casement-${randomBytes(24).toString('hex')}`
  const [head, tail] = frameOf(
    boundary,
    type,
    upload.filename ?? `file.${type.split(/[/;]/)[1]?.split('+')[0] ?? 'bin'}`,
  )
  const passed = { bytes: 0 }
  const answer = await passThrough(io, purview, {
    method: 'POST',
    id: sender,
    kinds: ['number'],
    edge: '/media',
    query: new URLSearchParams(),
    body: {
      kind: 'stream',
      type: `multipart/form-data; boundary=${boundary}`,
      bytes: bytes === null ? null : head.length + bytes + tail.length,
      stream: Readable.from(framed(head, stream, tail, passed), { objectMode: false }),
      parts: ['messaging_product', 'type', 'file'],
    },
    makes: 'medium',
  })
  if (!answer.ok) {
    return answer.refusal.status === 404 ? unknown('sender_unknown', `sender ${sender}`) : answer
  }
  const { status, json } = answer.value
  const { id, error } = (json ?? {}) as { id?: unknown; error?: GraphWords }
  if (status >= 200 && status < 300 && typeof id === 'string') return done({ id })
  const code = typeof error?.code === 'number' ? ` (${error.code})` : ''
  const message = `expected Meta to take the file, got HTTP status ${status}${code}${saidBy(error)}${tooLarge(type, passed.bytes)}`
  return refused({ status: status < 500 ? 422 : 502, code: 'graph_refused', message, field: 'body' })
}

function frameOf(boundary: string, type: string, filename: string): [head: Buffer, tail: Buffer] {
  const part = (name: string, more: string, value: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}`
  // Quotes, line ends and what no header can hold are not needed in a name that only says what kind of file it is.
  const name = filename.replace(/[^\w. -]/g, '_').slice(-100)
  const head =
    `${part('messaging_product', '', 'whatsapp')}\r\n${part('type', '', type)}\r\n` +
    part('file', `; filename="${name}"\r\nContent-Type: ${type}`, '')
  return [Buffer.from(head, 'latin1'), Buffer.from(`\r\n--${boundary}--\r\n`, 'latin1')]
}

async function* framed(head: Buffer, file: Readable, tail: Buffer, passed: { bytes: number }): AsyncGenerator<Buffer> {
  yield head
  for await (const chunk of file) {
    passed.bytes += (chunk as Buffer).length
    yield chunk as Buffer
  }
  yield tail
}

/** What an error of Graph's may say, as far as it is said in words. */
interface GraphWords {
  code?: unknown
  message?: unknown
  error_data?: { details?: unknown } | null
}

function saidBy(error: GraphWords | undefined): string {
  const words = [error?.message, error?.error_data?.details].filter((said) => typeof said === 'string')
  return words.length === 0 ? '' : `: ${words.join('. ')}`
}

/** Meta's own words hardly ever say so. */
function tooLarge(type: string, bytes: number): string {
  const most = largestOf(type)
  if (most === null || bytes <= most) return ''
  return `. The file has ${inMegabytes(bytes)}, and of this type Meta takes at most ${inMegabytes(most)}`
}
