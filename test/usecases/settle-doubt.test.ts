import { describe, expect, it } from 'vitest'
import { judgeDoubt } from '../../src/usecases/settle-doubt.ts'

const settings = { graceMs: 120_000, maxMs: 3_600_000 }

describe('a doubt', () => {
  it.each([
    ['waits within its grace, however alive the channel is', 119_999, 119_999, true, 'wait'],
    ['was not accepted when a channel that is alive kept silent for the grace', 120_000, 120_000, true, 'not_accepted'],
    ['waits while nothing at all comes', 3_599_999, 3_599_999, false, 'wait'],
    ['is judged blindly when nothing came for as long as we wait', 3_600_000, 3_600_000, false, 'not_accepted_blind'],
    ['waits when its silence is younger than the grace, for webhooks were missed', 600_000, 119_999, true, 'wait'],
    ['waits for what was missed even beyond the longest wait', 7_200_000, -60_000, false, 'wait'],
  ] as const)('%s', (_name, ageMs, silentMs, channelAlive, verdict) => {
    expect(judgeDoubt({ ageMs, silentMs, channelAlive }, settings)).toBe(verdict)
  })
})
