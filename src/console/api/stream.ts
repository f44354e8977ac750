/* Server-sent events over `fetch`, since `EventSource` shows neither the pings between events nor why a stream was refused. */

export interface ServerEvent {
  type: string
  data: Record<string, unknown>
}

export class StreamRefused extends Error {
  readonly status: number

  constructor(status: number) {
    super(`the stream was refused: ${status}`)
    this.status = status
  }
}

/**
 * Reads until the stream ends, which it does in good order when the server stops.
 *
 * @param silenceMs a stream that says nothing for so long, not even a ping, is lost: rejects
 */
export async function readEvents(url: string, { signal, silenceMs, onOpen, onEvent }: StreamOptions): Promise<void> {
  const quiet = new AbortController()
  const answer = await fetch(url, {
    headers: { accept: 'text/event-stream' },
    signal: AbortSignal.any([signal, quiet.signal]),
  })
  if (!answer.ok || answer.body === null) throw new StreamRefused(answer.status)
  onOpen()
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  let timer = setTimeout(() => quiet.abort(), silenceMs)
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      clearTimeout(timer)
      timer = setTimeout(() => quiet.abort(), silenceMs)
      const blocks = (rest + value).replaceAll('\r\n', '\n').split('\n\n')
      rest = blocks.pop() as string
      for (const block of blocks) {
        const event = parseEvent(block)
        if (event !== null) onEvent(event)
      }
    }
  } finally {
    clearTimeout(timer)
    await reader.cancel().catch(() => {})
  }
}

interface StreamOptions {
  signal: AbortSignal
  silenceMs: number
  onOpen(): void
  onEvent(event: ServerEvent): void
}

/** Null for comments, and for what is no event of ours. */
export function parseEvent(block: string): ServerEvent | null {
  const lines = block.split('\n')
  const valuesOf = (field: string) =>
    lines.filter((line) => line.startsWith(`${field}:`)).map((line) => line.slice(field.length + 1).replace(/^ /, ''))
  const data = valuesOf('data').join('\n')
  if (data === '') return null
  try {
    const body = JSON.parse(data) as Record<string, unknown>
    return { type: valuesOf('event')[0] ?? String(body.type ?? 'message'), data: body }
  } catch {
    return null
  }
}
