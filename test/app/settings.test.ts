import { describe, expect, it } from 'vitest'
import { settingsOf } from '../../src/app/settings.ts'
import { resolvedConfig } from '../support/harness.ts'

function settingsWith(env: Record<string, string>) {
  return settingsOf(
    resolvedConfig({
      DATABASE_URL: 'postgres://localhost/none',
      GRAPH_API_URL: 'http://localhost:1',
      CASEMENT_SECRET: '0'.repeat(64),
      META_APP_SECRET: 'test-app-secret',
      META_VERIFY_TOKEN: 'test-verify-token',
      ...env,
    }),
  )
}

describe('the way from the facts to Meta (P1)', () => {
  it.each([2_000, 5_000, 10_000, 30_000, 120_000])('fits into a margin of %i ms with room to land', (margin) => {
    const { factsGoodForMs, windowMarginMs } = settingsWith({ WINDOW_MARGIN_MS: String(margin) })
    expect(windowMarginMs).toBe(margin)
    expect(factsGoodForMs).toBeLessThanOrEqual(margin / 2)
  })

  it('is over before an open attempt counts as lost, the longest answer included', () => {
    const { factsGoodForMs, attemptLeaseMs } = settingsWith({ GRAPH_TIMEOUT_MS: '10000' })
    expect(factsGoodForMs + 10_000).toBeLessThan(attemptLeaseMs)
  })
})
