import { describe, expect, it } from 'vitest'
import { checkPauseWhen, type PauseWhen, type Watch, type Watched, watch } from '../../../src/domain/campaign/watch.ts'

const calm: Watched = {
  sent: 1_000,
  failed: { 131026: 90 },
  waits: {},
  qualities: { '1': 'GREEN' },
  limit: 10_000,
  categories: { 'offer (en)': 'MARKETING' },
}

/** What each look after the first says, as things change. */
function looks(changes: Partial<Watched>[], rule: PauseWhen | null = null, first = calm) {
  let kept: Watch | null = null
  return [first, ...changes.map((change) => ({ ...first, ...change }))].map((now) => {
    const seen = watch(kept, now, rule, null)
    // As it comes out of the database.
    kept = JSON.parse(JSON.stringify(seen.watch))
    return seen.reason?.code ?? null
  })
}

describe('a campaign that runs is stopped', () => {
  it.each<[string, Partial<Watched>, string]>([
    ['at the first error of a template', { failed: { ...calm.failed, 132001: 1 } }, 'template_error'],
    ['where one waits because of one', { waits: { 132015: 1 } }, 'template_error'],
    ['when its quality falls to red', { qualities: { '1': 'RED' } }, 'quality_red'],
    ['when the limit is lowered', { limit: 2_000 }, 'limit_lowered'],
    ['when a category changed', { categories: { 'offer (en)': 'UTILITY' } }, 'category_changed'],
    ['when a quarter of the last fails', { sent: 1_140, failed: { ...calm.failed, 131000: 60 } }, 'failure_share'],
  ])('%s', (_name, change, code) => {
    expect(looks([{}, change])).toEqual([null, null, code])
  })

  it.each<[string, Partial<Watched>]>([
    ['yellow quality', { qualities: { '1': 'YELLOW' } }],
    ['a limit that rose or fell away', { limit: null }],
    ['a template that is not known any more', { categories: {} }],
    ['faults of recipients', { sent: 1_000, failed: { 131026: 490 } }],
    ['few outcomes', { sent: 1_000, failed: { ...calm.failed, 131000: 199 } }],
    ['a quarter and no more', { sent: 1_150, failed: { ...calm.failed, 131000: 50 } }],
    [
      'several failures of which none is a quarter',
      { sent: 1_100, failed: { ...calm.failed, 131000: 49, 131016: 49 } },
    ],
    ['being throttled, which fails nobody', { waits: { 130429: 5_000 } }],
  ])('not by %s', (_name, change) => {
    expect(looks([change])).toEqual([null, null])
  })

  it('by nothing that was so when it began', () => {
    const bad = { ...calm, qualities: { '1': 'RED' }, failed: { 132001: 5, 131000: 900 }, sent: 0 }
    expect(looks([{}, { sent: 500 }], null, bad)).toEqual([null, null, null])
  })

  it('by faults of recipients where a share was asked for', () => {
    const rule = { share: 0.25, after: 200 }
    expect(looks([{ sent: 1_140, failed: { 131026: 150 } }], rule)).toEqual([null, 'failure_share'])
    expect(looks([{ sent: 1_160, failed: { 131026: 130 } }], rule)).toEqual([null, null])
  })

  it('by the last outcomes, however many went well before', () => {
    const fine = Array.from({ length: 50 }, (_, i) => ({ sent: 1_000 + i * 100 }))
    const sent = 5_900
    const failing = [25, 50, 75].map((n) => ({ sent: sent + 100, failed: { ...calm.failed, 131000: n } }))
    const said = looks([...fine, ...failing])
    expect(said.slice(0, 51)).toEqual(Array(51).fill(null))
    expect(said.slice(51)).toEqual([null, null, 'failure_share'])
  })

  it('keeps few marks, however often it is looked at', () => {
    let kept: Watch | null = null
    for (let sent = 0; sent < 20_000; sent += 7) kept = watch(kept, { ...calm, sent }, null, null).watch
    expect(kept?.marks.length).toBeLessThanOrEqual(12)
  })

  it('when its number is restricted, with why', () => {
    const { reason } = watch(null, calm, null, 'Meta does not accept the access token any more.')
    expect(reason).toMatchObject({ code: 'sender_account', text: expect.stringContaining('access token') })
  })
})

it.each([
  [{ share: 0 }, 'pause_when.share'],
  [{ share: 1.5 }, 'pause_when.share'],
  [{ after: 0 }, 'pause_when.after'],
  [{ after: 2.5 }, 'pause_when.after'],
  [{ code: 131026 }, 'pause_when.code'],
])('refuses %j', (given, field) => {
  expect(checkPauseWhen(given)).toMatchObject({ ok: false, field })
})

it('has what is not given from its defaults', () => {
  expect(checkPauseWhen({ share: 0.1 })).toEqual({ ok: true, pauseWhen: { share: 0.1, after: 200 } })
})
