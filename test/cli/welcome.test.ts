import pc from 'picocolors'
import { expect, it } from 'vitest'
import type { Stack } from '../../src/app/stack.ts'
import { showWelcome } from '../../src/cli/welcome.ts'
import type { Config } from '../../src/config.ts'

const KEY = 'k'.repeat(32)

function welcome(apiKeys: string[]): string {
  const config = { apiKeys, dataDir: '/elsewhere' } as unknown as Config
  const stack = { url: 'http://127.0.0.1:8080', apiKey: KEY, sandbox: { url: 'http://127.0.0.1:8081' } } as Stack
  return showWelcome(pc.createColors(false), {
    config,
    stack,
    sender: '106540352242922',
    link: 'http://127.0.0.1:8080/#code=abc',
    version: '0.0.0',
  })
}

it('shows a key that it has made, and none that came from the environment', () => {
  expect(welcome([])).toContain(`--key ${KEY}`)
  expect(welcome([])).toContain('http://127.0.0.1:8080/#code=abc (once')
  expect(welcome([KEY])).not.toContain(KEY)
  expect(welcome([KEY])).toContain('--key "$CASEMENT_API_KEY"')
})
