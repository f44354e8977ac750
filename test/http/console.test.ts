import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { startServer } from './harness.ts'

const folder = mkdtempSync(join(tmpdir(), 'casement-console-'))
mkdirSync(join(folder, 'assets'))
writeFileSync(join(folder, 'index.html'), '<script type="module" nonce="__NONCE__" src="/assets/a-1.js"></script>')
writeFileSync(join(folder, 'assets', 'a-1.js'), 'export {}')
afterAll(() => rmSync(folder, { recursive: true }))

const PAGE = { key: null, headers: { accept: 'text/html,application/xhtml+xml' } }
const start = () => startServer({}, { consoleFolder: folder })

describe('the console', () => {
  it.each(['/', '/whatsapp', '/whatsapp?chat=1%2FBR.2', '/settings/people'])(
    'answers a browser at %s',
    async (path) => {
      const { call } = await start()
      const answer = await call('GET', path, PAGE)
      expect(answer.statusCode).toBe(200)
      expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
      expect(answer.headers['cache-control']).toBe('no-store')
      expect(answer.headers['cross-origin-opener-policy']).toBe('same-origin')
    },
  )

  it('has a nonce of its own in every answer, in the page and in its policy', async () => {
    const { call } = await start()
    const nonces = await Promise.all(
      [1, 2].map(async () => {
        const { body, headers } = await call('GET', '/', PAGE)
        const nonce = /nonce="([^"]+)"/.exec(body)?.[1] as string
        expect(headers['content-security-policy']).toContain(`style-src 'self' 'nonce-${nonce}'`)
        return nonce
      }),
    )
    expect(new Set(nonces).size).toBe(2)
    expect(nonces[0]).not.toBe('__NONCE__')
  })

  it('allows no script inside of the page and nothing from elsewhere', async () => {
    const { call } = await start()
    const policy = String((await call('GET', '/', PAGE)).headers['content-security-policy'])
    expect(policy).toMatch(/^default-src 'none'; script-src 'self';/)
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
  })

  it('keeps its files for ever', async () => {
    const { call } = await start()
    const answer = await call('GET', '/assets/a-1.js', { key: null })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['cache-control']).toContain('immutable')
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
  })

  it.each([
    ['of the API', '/v1/typo', 401],
    ['of the API, without more', '/v1', 401],
    ['of webhooks', '/webhooks/typo', 404],
    ['of the Cloud API', '/v25.0/106540352242922/typo', 401],
    ['of a file', '/assets/gone.js', 404],
    ['of a picture', '/favicon.ico', 404],
    ['of a way out', '/assets/..%2Findex.html', 404],
  ])('leaves the path %s to programs', async (_what, path, status) => {
    const { call } = await start()
    const answer = await call('GET', path, PAGE)
    expect(answer.statusCode).toBe(status)
    expect(answer.headers['content-type']).toContain('application/json')
  })

  it('does not answer programs that ask for JSON, nor writes', async () => {
    const { call } = await start()
    expect((await call('GET', '/whatsapp', { key: null, headers: { accept: '*/*' } })).statusCode).toBe(404)
    expect((await call('POST', '/whatsapp', PAGE)).statusCode).toBe(404)
  })
})

it('a plain page says what to do where the console is not built', async () => {
  const { call } = await startServer()
  expect((await call('GET', '/', PAGE)).body).toContain('npm run build')
  expect((await call('GET', '/whatsapp', PAGE)).statusCode).toBe(404)
})
