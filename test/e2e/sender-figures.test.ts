import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SenderView } from '../../src/http/services.ts'
import { type Harness, LINK, startHarness } from '../support/harness.ts'
import { lanesOnPostgres } from '../support/lane-engines.ts'
import { eventually } from '../support/signals.ts'
import { text } from './fixtures.ts'

describe('the figures of a number', () => {
  let casement: Harness
  beforeAll(async () => {
    casement = await startHarness(lanesOnPostgres)
  })
  afterAll(() => casement.close())

  const shown = async () => (await casement.api<SenderView>('GET', `/v1/senders/${casement.sender}`)).body
  const showing = (fits: (sender: SenderView) => boolean) =>
    eventually(async () => {
      const sender = await shown()
      return fits(sender) && sender
    })

  it('say what left within the minute, and who met the pair limit', async () => {
    const customer = casement.stranger()
    await casement.writes(customer)
    // More than the bucket of a pair holds.
    const messages = Array.from({ length: 47 }, (_, n) => ({
      sender: casement.sender,
      to: `+${customer}`,
      message: text(`${n}`),
    }))
    await casement.api('POST', '/v1/intents/batch', { intents: messages })
    const sender = await showing(({ throughput, pair_limited_24h }) => throughput.used_1m >= 45 && pair_limited_24h > 0)
    expect(sender.throughput.used_1m).toBeLessThanOrEqual(47)
    expect(sender.pair_limited_24h).toBeLessThanOrEqual(4)
  })

  it('say how Meta rates it, from when it was linked, and again once Meta tells of a change', async () => {
    const { quality_history: first } = await showing(({ quality }) => quality === 'GREEN')
    expect(first).toEqual([{ at: expect.any(String), score: 'GREEN' }])
    casement.sandbox.changeSender(casement.sender, { quality_rating: 'YELLOW' })
    const told = { display_phone_number: '15550783881', event: 'FLAGGED', current_limit: 'TIER_UNLIMITED' }
    expect(await casement.webhook({ field: 'phone_number_quality_update', value: told })).toBe(200)
    const { quality_history: then } = await showing(({ quality }) => quality === 'YELLOW')
    expect(then.map(({ score }) => score)).toEqual(['YELLOW', 'GREEN'])
  })

  it('has the names that Meta knows where nobody gave any, and keeps those that were given', async () => {
    const { display_phone_number, verified_name } = await showing(({ verified_name }) => verified_name !== null)
    expect(display_phone_number).toMatch(/^\+\d+$/)
    await casement.api('PATCH', `/v1/senders/${casement.sender}`, { verified_name: 'Ours' })
    await casement.query('update wabas set numbers_read_at = null')
    await eventually(async () => {
      const rows = await casement.query('select from wabas where numbers_read_at is not null and id = $1', [
        LINK.waba_id,
      ])
      return rows.length === 1
    })
    expect(await shown()).toMatchObject({ verified_name: 'Ours', display_phone_number })
    expect(verified_name).not.toBe('Ours')
  })
})
