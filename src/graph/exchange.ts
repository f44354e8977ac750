import { type Dispatcher, errors } from 'undici'

/*
 * One HTTP exchange that knows whether any byte of the request may have left this process. That one bit decides between
 * "try again" and "in doubt", since Meta has no idempotency key, so it is not guessed from error codes:
 *
 *   undici calls `onRequestStart` when a connected socket was picked, and writes head and body in the same tick after it
 *   returns. An error before that call (DNS, TCP, TLS, a full pool, a closed client) wrote nothing: `not_sent`.
 *   Any error after it is `lost`, even when the kernel may have dropped the bytes.
 *
 * The keep-alive race, a server that closes an idle connection in the moment we write, looks exactly like a server that read
 * the request and died. It counts as `lost`. It is made rare instead: undici looks for a pending FIN or RST before it reuses
 * an idle socket, drops sockets two seconds before the server's `Keep-Alive` hint, and after four idle seconds without one.
 *
 * undici puts a request back into its queue when the socket fails for reasons that are not the request's own. With pipelining
 * 1 no written request is ever in that place; should it happen all the same, the second `onRequestStart` refuses (P3).
 */

export type Exchange =
  | { kind: 'answer'; status: number; header: (name: string) => string | null; body: string }
  /** `invalid`: undici refused the request itself, so trying again is no use. `late`: it might not leave any more, see `mayLeave`. */
  | { kind: 'not_sent'; cause: string; invalid: boolean; late: boolean }
  | { kind: 'lost'; why: 'timeout' | 'reset' | 'too_large'; httpStatus: number | null; cause: string }

export interface ExchangeLimits {
  /** Milliseconds from the first byte sent to the last byte read; also the longest wait for a connection before that. */
  timeoutMs: number
  maxBodyBytes: number
  /** Asked in the moment in which the first byte would be written; where it says no, none is. */
  mayLeave?: () => boolean
}

/** Never rejects: whatever fails, it is known whether a byte has left. */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  limits: ExchangeLimits,
): Promise<Exchange> {
  return new Promise((resolve) => {
    const handler = new ExchangeHandler(resolve, limits)
    try {
      dispatcher.dispatch(request, handler)
    } catch (error) {
      handler.onResponseError(null, error as Error)
    }
  })
}

class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly #resolve: (result: Exchange) => void
  readonly #limits: ExchangeLimits
  /** One timer for both waits. Node keeps timers of equal length in one list, so this is cheaper than an AbortSignal. */
  readonly #timer: NodeJS.Timeout
  #settled = false
  #controller: Dispatcher.DispatchController | null = null
  #status: number | null = null
  #headers: Record<string, string | string[] | undefined> = {}
  #chunks: Buffer[] = []
  #bytes = 0
  #late = false

  constructor(resolve: (result: Exchange) => void, limits: ExchangeLimits) {
    this.#resolve = resolve
    this.#limits = limits
    this.#timer = setTimeout(onTimer, limits.timeoutMs, this)
  }

  /** Throwing here keeps the request from being written and the socket alive; `controller.abort` would destroy the socket. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#settled) throw new Error('the caller gave up waiting for a connection')
    if (this.#controller !== null) throw new Error('refused to write the same request twice')
    if (this.#limits.mayLeave?.() === false) {
      this.#late = true
      throw new Error('it was too late for the request to leave')
    }
    this.#controller = controller
    this.#timer.refresh()
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return
    this.#status = status
    this.#headers = headers
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length
    if (this.#bytes > this.#limits.maxBodyBytes) {
      this.#abandon('too_large', `the answer is longer than ${this.#limits.maxBodyBytes} bytes`)
      return
    }
    this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    const headers = this.#headers
    const body = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks)
    this.#settle({
      kind: 'answer',
      status: this.#status ?? 0,
      header: (name) => first(headers[name]),
      body: body.toString('utf8'),
    })
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    const cause = describe(error)
    if (this.#controller === null) {
      const invalid = error instanceof errors.InvalidArgumentError
      this.#settle({ kind: 'not_sent', cause, invalid, late: this.#late })
    } else {
      this.#settle({ kind: 'lost', why: 'reset', httpStatus: this.#status, cause })
    }
  }

  timeOut(): void {
    if (this.#settled) return
    const { timeoutMs } = this.#limits
    if (this.#controller === null) {
      this.#settle({ kind: 'not_sent', cause: `no connection within ${timeoutMs} ms`, invalid: false, late: false })
    } else {
      this.#abandon('timeout', `no complete answer within ${timeoutMs} ms`)
    }
  }

  #abandon(why: 'timeout' | 'too_large', cause: string): void {
    this.#settle({ kind: 'lost', why, httpStatus: this.#status, cause })
    this.#controller?.abort(new Error(cause))
  }

  #settle(result: Exchange): void {
    if (this.#settled) return
    this.#settled = true
    clearTimeout(this.#timer)
    this.#resolve(result)
  }
}

/** After a stall of the process the timer is due before the answer that already lies in the socket: let that be read first. */
function onTimer(handler: ExchangeHandler): void {
  setImmediate(() => handler.timeOut())
}

function first(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null
}

/** Code and message; the several addresses behind one name make an AggregateError with an empty message. */
function describe(error: Error & { code?: string }): string {
  if (error instanceof AggregateError && error.errors.length > 0) return describe(error.errors[0])
  return error.code && !error.message.includes(error.code) ? `${error.code}: ${error.message}` : error.message
}
