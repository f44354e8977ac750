import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Fault } from '../faults.ts'
import { GraphError } from '../graph-error.ts'
import type { GraphCall } from './call.ts'

/** Answers a call the way a scripted fault says. `answer` is what the caller would have got. */
export async function strike(call: GraphCall, fault: Fault, answer?: unknown): Promise<unknown> {
  const { reply, request } = call
  if (fault.retry_after_s !== undefined) reply.header('retry-after', String(fault.retry_after_s))
  switch (fault.kind) {
    case 'http_500':
      throw new GraphError(1, '')
    case 'http_503':
      throw new GraphError(2, '')
    case 'http_429':
      return reply.code(429).type('text/plain').send('Too Many Requests')
    case 'usage_limit':
      reply.header('x-business-use-case-usage', usageHeader(call, fault))
      throw new GraphError(fault.code, '')
    case 'failed_status':
      return answer
    case 'graph_error':
      throw new GraphError(fault.code, '', {
        ...(fault.subcode === undefined ? {} : { subcode: fault.subcode }),
        ...(fault.message === undefined ? {} : { message: fault.message }),
        ...(fault.http === undefined ? {} : { http: fault.http }),
      })
    case 'latency':
      await wait(fault.ms, request)
      return answer
    case 'reset_before_accept':
    case 'reset_after_accept':
      reply.hijack()
      request.raw.socket.resetAndDestroy()
      return reply
    case 'timeout_before_accept':
    case 'timeout_after_accept':
      // The socket stays open and silent until the caller gives up or the sandbox stops.
      return hang(reply)
    case 'html_502':
      return reply.code(502).type('text/html').send('<html><body><h1>502 Bad Gateway</h1></body></html>')
    case 'empty_200':
      return reply.code(200).type('application/json').send('')
    default:
      return fault.kind satisfies never
  }
}

/** Percentages, and minutes until the account may call again. Source: Meta, graph-api/overview/rate-limiting (read 2026-11). */
function usageHeader({ wabaId }: GraphCall, { usage_type: type, regain_minutes }: Fault): string {
  const entry = { type, call_count: 100, total_cputime: 1, total_time: 1 }
  return JSON.stringify({ [wabaId]: [{ ...entry, estimated_time_to_regain_access: regain_minutes }] })
}

function hang(reply: FastifyReply): FastifyReply {
  reply.hijack()
  return reply
}

/** Real time, cut short when the caller hangs up. */
export async function wait(ms: number, request: FastifyRequest): Promise<void> {
  const gone = new AbortController()
  const { socket } = request.raw
  const leave = () => gone.abort()
  socket.once('close', leave)
  try {
    await delay(ms, undefined, { signal: gone.signal })
  } catch {
    // The caller is gone; whoever answers now answers nobody.
  } finally {
    socket.off('close', leave)
  }
}
