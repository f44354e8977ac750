import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { WabaId } from '../../src/domain/ids.ts'
import { retryAfterS } from '../../src/graph/retry-after.ts'

const WABA = '102290129340398' as WabaId
const NOW = Date.parse('2026-11-22T10:00:00Z')

function waitFor(headers: Record<string, string>, wabaId: WabaId | null = WABA): number | null {
  return retryAfterS((name) => headers[name] ?? null, NOW, wabaId)
}

const usage = (entries: unknown) => ({ 'x-business-use-case-usage': JSON.stringify(entries) })
const use = (minutes: unknown, type = 'whatsapp_business_management') => ({
  type,
  call_count: 100,
  estimated_time_to_regain_access: minutes,
})

describe('the wait that a throttle asks for', () => {
  it('is the longest time to regain access of the account that was called', () => {
    const entries = { [WABA]: [use(2), use(7, 'whatsapp'), use(0, 'messaging')], 99: [use(50)] }
    expect(waitFor(usage(entries))).toBe(7 * 60)
  })

  it('is that of any account where the one that was called has no entry', () => {
    expect(waitFor(usage({ 98: [use(3)], 99: [use(5)] }))).toBe(5 * 60)
    expect(waitFor(usage({ 98: [use(3)], 99: [use(5)] }), null)).toBe(5 * 60)
  })

  it('is none when the account may call now, whatever others have to wait', () => {
    expect(waitFor(usage({ [WABA]: [use(0)], 99: [use(5)] }))).toBeNull()
  })

  it('is the longer one when Retry-After names a time too', () => {
    expect(waitFor({ 'retry-after': '30', ...usage({ [WABA]: [use(2)] }) })).toBe(120)
    expect(waitFor({ 'retry-after': '300', ...usage({ [WABA]: [use(2)] }) })).toBe(300)
  })

  it('is read out of a number in quotes and out of a fraction', () => {
    expect(waitFor(usage({ [WABA]: [use('4')] }))).toBe(240)
    expect(waitFor(usage({ [WABA]: [use(0.5)] }))).toBe(30)
  })

  it.each([
    ['no JSON', { 'x-business-use-case-usage': '{' }],
    ['a list', usage([use(5)])],
    ['null', usage(null)],
    ['minutes that are no number', usage({ [WABA]: [use('soon'), use(null), use({})] })],
    ['a negative time', usage({ [WABA]: [use(-3)] })],
    ['an entry that is no object', usage({ [WABA]: ['x', 7, null] })],
  ])('is none in %s', (_what, headers) => {
    expect(waitFor(headers)).toBeNull()
  })

  it('takes what can be read from between garbage', () => {
    expect(waitFor(usage({ [WABA]: ['x', null, use(-1), use(6)], 99: 'nonsense' }))).toBe(360)
    expect(waitFor(usage({ [WABA]: use(6) }))).toBe(360)
  })

  it('is null or more than nothing for any header', () => {
    fc.assert(
      fc.property(fc.string(), fc.oneof(fc.string(), fc.json()), (retryAfter, usageHeader) => {
        const wait = waitFor({ 'retry-after': retryAfter, 'x-business-use-case-usage': usageHeader })
        if (wait !== null) expect(wait).toBeGreaterThan(0)
      }),
    )
  })
})
