import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createSampleUploads, type SampleUploads } from '../../src/graph/sample-upload.ts'

describe('the upload of a sample', () => {
  const server = createServer((request, response) => void answer(request).then((body) => response.end(body)))
  let uploads: SampleUploads
  /** What Meta calls the session. */
  let session: string
  let asked: (string | undefined)[]

  async function answer(request: IncomingMessage): Promise<string> {
    asked.push(request.url)
    for await (const _ of request);
    return JSON.stringify(asked.length === 1 ? { id: session } : { h: '4::handle' })
  }

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    uploads = createSampleUploads({ origin, root: '/v25.0', timeoutMs: 5_000 })
  })
  afterAll(async () => {
    await uploads.destroy()
    server.close()
  })
  beforeEach(() => {
    asked = []
  })

  const upload = () =>
    uploads.upload({
      appId: '42',
      accessToken: 'token',
      type: 'image/png',
      bytes: 3,
      stream: Readable.from([Buffer.from('png')]),
      share: 'one',
    })

  it.each([
    [
      'upload:MTphdHRhY2htZW50OjU=?sig=ARZqkGCA_uQMxC8-nHKI',
      '/v25.0/upload:MTphdHRhY2htZW50OjU=?sig=ARZqkGCA_uQMxC8-nHKI',
    ],
    ['upload:+Zk/8+/==', '/v25.0/upload:+Zk%2F8+%2F=='],
    ['upload:a-b_c.d', '/v25.0/upload:a-b_c.d'],
    // It stays one step of the path.
    ['upload:/../../me', '/v25.0/upload:%2F..%2F..%2Fme'],
  ])('goes to the session that Meta calls %s', async (id, path) => {
    session = id
    expect(await upload()).toEqual({ kind: 'ok', value: { handle: '4::handle' } })
    expect(asked).toEqual(['/v25.0/42/uploads?file_length=3&file_type=image%2Fpng', path])
  })

  it.each([
    '',
    'session',
    'upload:',
    'upload:a?sig=b&access_token=c',
    'upload:a#b',
    'upload:a b',
    'upload:a%2e',
    'upload:a?b=c',
  ])('goes nowhere when Meta calls the session %j', async (id) => {
    session = id
    expect(await upload()).toMatchObject({ kind: 'uncertain', why: 'unreadable' })
    expect(asked).toHaveLength(1)
  })
})
