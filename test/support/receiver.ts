import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type Recorder, recorder } from './signals.ts'

export interface Received {
  path: string
  headers: IncomingHttpHeaders
  body: string
}

/** A program that is told over HTTP, on this machine. */
export interface Receiver {
  url: string
  received: Recorder<Received>
  close(): Promise<void>
}

/** @param answer its status; 200 where it says nothing */
export async function startReceiver(
  answer: (received: Received) => number | undefined | Promise<number> = () => 200,
): Promise<Receiver> {
  const received = recorder<Received>()
  const server = createServer(async (request, response) => {
    const one = { path: request.url ?? '', headers: request.headers, body: await text(request) }
    response.writeHead((await answer(one)) ?? 200).end()
    received.record(one)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
