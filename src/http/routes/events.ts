import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { LIVE_TYPES, type LiveType } from '../../domain/live.ts'
import { errors, forKey, textual } from '../document.ts'
import { unwrap } from '../errors.ts'
import { eventStream } from '../live-stream.ts'
import { liveEventView } from '../live-views.ts'
import type { Services } from '../services.ts'

const eventsQuery = z.strictObject({
  types: z
    .string()
    .max(200)
    .refine((text) => text.split(',').every(isType), `to be some of ${LIVE_TYPES.join(', ')}, with commas between them`)
    .transform((text): ReadonlySet<LiveType> => new Set(text.split(',').filter(isType)))
    .optional()
    .meta({ description: `Some of ${LIVE_TYPES.join(', ')}, with commas between them; default: all.`, type: 'string' }),
})

function isType(text: string): text is LiveType {
  return (LIVE_TYPES as readonly string[]).includes(text)
}

export function eventRoutes(services: Services): FastifyPluginAsyncZod {
  return async (app) => {
    // The server waits for whoever it answers, and these it answers for ever.
    const streams = new Set<() => void>()
    app.addHook('preClose', async () => {
      for (const end of streams) end()
    })

    app.get('/events', {
      config: { scope: 'read' },
      schema: {
        tags: ['Live'],
        operationId: 'streamEvents',
        summary: 'Hear what happens, as it happens',
        description:
          'Server-sent events. First `hello`, and again when the clock is moved: what happens from then on is told, so load what you show after it. ' +
          '`resync`: something was missed, load again what you show. Nothing is replayed. `: ping` every 15 s.',
        querystring: eventsQuery,
        response: {
          200: textual('A stream of events; `data` of each is one of these.', 'text/event-stream', liveEventView),
          ...errors(400, ...forKey, 503),
        },
      },
      async handler(request, reply) {
        const { raw } = reply
        let stream: ReturnType<typeof eventStream> | null = null
        const begun = () => {
          if (stream) return stream
          reply.hijack()
          for (const [name, value] of Object.entries(reply.getHeaders()))
            if (value !== undefined) raw.setHeader(name, value)
          raw.writeHead(200, {
            'content-type': 'text/event-stream; charset=utf-8',
            'cache-control': 'no-store',
            'x-accel-buffering': 'no',
          })
          stream = eventStream(raw)
          return stream
        }
        const end = () => begun().end()
        const joined = unwrap(
          await services.joinLive(request.caller, request.query.types ?? null, {
            send: (event, data) => begun().send(event, data),
            resync: () => begun().resync(),
            ping: () => begun().ping(),
            end,
          }),
        )
        streams.add(end)
        const left = () => {
          streams.delete(end)
          joined()
        }
        if (raw.destroyed || raw.closed) left()
        else raw.once('close', left)
      },
    })
  }
}
