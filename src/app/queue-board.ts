import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { FastifyAdapter } from '@bull-board/fastify'
import type { FastifyPluginAsync } from 'fastify'
import type { Permits } from '../queue/permits.ts'

/** Bull Board over the permits; a look, not a control: whom to serve is decided in Postgres. */
export function createQueueBoard(permits: Permits): FastifyPluginAsync {
  return async (fastify) => {
    const adapter = new FastifyAdapter()
    const board = createBullBoard({ queues: [], serverAdapter: adapter })
    adapter.setBasePath('/queues')
    fastify.addHook('onRequest', async () => {
      board.setQueues([new BullMQAdapter(permits.queue() as never, { readOnlyMode: true })])
    })
    // The board answers below its slash only, and links are relative to it.
    fastify.get('', { prefixTrailingSlash: 'no-slash', schema: { hide: true } }, (_request, reply) =>
      reply.redirect('/queues/'),
    )
    await fastify.register(adapter.registerPlugin(), { prefix: '/' })
  }
}
