import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { expect, onTestFinished } from 'vitest'
import { createHttpServer, type HttpServerOptions } from '../../src/http/server.ts'
import type { Services } from '../../src/http/services.ts'
import { createLogger } from '../../src/log.ts'
import { CALLER } from '../support/access.ts'
import { ADMIN_KEY, type FakeServices, fakeServices } from './fake-services.ts'

/** The caller of the fake services, as the API knows them. */
export const CALLER_OVER_HTTP = { ...CALLER, origin: { address: '127.0.0.1', requestId: expect.any(String) } }

export interface Harness extends FakeServices {
  app: FastifyInstance
  /** Everything that was logged. */
  log(): string
  /** With the admin key unless `key` says otherwise; null sends none. */
  call(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT',
    url: string,
    more?: CallOptions,
  ): Promise<LightMyRequestResponse>
}

export interface CallOptions {
  body?: unknown
  /** Sent as it is. */
  raw?: string | Buffer
  headers?: Record<string, string>
  key?: string | null
}

export async function startServer(
  overrides: Partial<Services> = {},
  options: Partial<HttpServerOptions> = {},
): Promise<Harness> {
  const fake = fakeServices(overrides)
  const lines: string[] = []
  const logger = createLogger({ level: 'debug', destination: { write: (line) => void lines.push(line) } })
  const app = await createHttpServer({ services: fake.services, logger, ...options })
  onTestFinished(() => app.close())
  return {
    ...fake,
    app,
    log: () => lines.join(''),
    call(method, url, { body, raw, headers = {}, key = ADMIN_KEY } = {}) {
      const request: InjectOptions = {
        method,
        url,
        headers: {
          ...(key === null ? {} : { authorization: `Bearer ${key}` }),
          ...(body !== undefined || raw !== undefined ? { 'content-type': 'application/json' } : {}),
          ...headers,
        },
      }
      if (raw !== undefined) request.payload = raw
      else if (body !== undefined) request.payload = JSON.stringify(body)
      return app.inject(request)
    },
  }
}
