import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { FastifyAdapter } from '@bull-board/fastify'
import type { FastifyPluginAsync } from 'fastify'
import type { Lanes } from '../queue/lanes.ts'

/** Bull Board over the lanes this process has opened; a look, not a control: what a lane holds is decided in Postgres. */
export function createQueueBoard(lanes: Lanes): FastifyPluginAsync {
  return async (fastify) => {
    const adapter = new FastifyAdapter()
    const board = createBullBoard({ queues: [], serverAdapter: adapter })
    adapter.setBasePath('/queues')
    fastify.addHook('onRequest', async () => {
      board.setQueues(lanes.queues().map((queue) => new BullMQAdapter(queue as never, { readOnlyMode: true })))
    })
    // The board answers below its slash only, and links are relative to it.
    fastify.get('', { prefixTrailingSlash: 'no-slash', schema: { hide: true } }, (_request, reply) =>
      reply.redirect('/queues/'),
    )
    await fastify.register(adapter.registerPlugin(), { prefix: '/' })
  }
}
