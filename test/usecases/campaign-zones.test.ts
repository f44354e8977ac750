import { parse } from 'csv-parse/sync'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { PhoneNumberId } from '../../src/domain/ids.ts'
import { HOUR_MS, type Instant, MINUTE_MS, plus } from '../../src/domain/time.ts'
import { CALLER } from '../support/access.ts'
import { type CampaignStage, openCampaignStage } from '../support/campaign-stage.ts'

const message = { type: 'text', text: { body: 'Hello' } }
/** Ecuador has two zones, an hour apart all year, and its numbers do not say which. */
const [MAINLAND, ISLANDS] = ['America/Guayaquil', 'Pacific/Galapagos']
const MAINLAND_BEHIND_UTC = 5 * HOUR_MS

describe('somebody who may be in several zones', () => {
  let { rows, campaigns, feed } = {} as CampaignStage
  let sender: PhoneNumberId
  let now: Instant
  beforeAll(async () => {
    ;({ rows, campaigns, feed } = await openCampaignStage())
    sender = await rows.linkSender()
    now = await rows.now()
  })
  afterEach(() => setClock(0))
  afterAll(() => rows.close())

  let next = 0
  const somebody = () => `5939${String(90_000_000 + ++next)}`
  const setClock = (aheadMs: number) =>
    rows.postgres.pool.query(
      `create or replace function casement_now() returns timestamptz language sql stable parallel safe
       as $$select now() + interval '${aheadMs} milliseconds'$$`,
    )
  /** What the clock on the mainland shows in so many minutes. */
  const clockIn = (minutes: number) =>
    new Date(plus(now, minutes * MINUTE_MS - MAINLAND_BEHIND_UTC)).toISOString().slice(11, 16)

  async function listed(people: readonly [string, string][], quiet_hours: object) {
    const csv = `to,time_zone\n${people.map(([who, zone]) => `+${who},${zone}`).join('\n')}\n`
    return campaigns.listed({ sender, message, quiet_hours }, csv)
  }

  async function zonesIn(id: string): Promise<Record<string, string>> {
    const read = async (format: 'csv' | 'ndjson') => {
      const report = await campaigns.campaignRecipients(CALLER, id, format)
      if (!report.ok) throw new Error(report.refusal.message)
      return (await report.value.toArray()).join('')
    }
    const lines = parse(await read('csv'), { columns: true }) as Record<string, string>[]
    const told = lines.map(({ to, zones }) => [String(to).replace("'", '').replace('+', ''), zones as string] as const)
    const others = (await read('ndjson'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).zones)
    expect(others).toEqual(told.map(([, zones]) => zones))
    return Object.fromEntries(told)
  }

  async function handedOver(row: number): Promise<number[]> {
    const { rows: found } = await rows.postgres.pool.query(
      'select position from campaign_intents where campaign_id = $1 order by position',
      [row],
    )
    return found.map(({ position }) => position)
  }

  it('is free only when it is free in all of them, and the report names them all', async () => {
    const [unknown, onIslands, listedThere, known] = [somebody(), somebody(), somebody(), somebody()]
    const { contactId } = await rows.conversation(sender, known)
    await rows.postgres.pool.query('update contacts set time_zone = $2 where id = $1', [contactId, MAINLAND])
    // The night ended half an hour ago on the mainland, and goes on for as long on the islands.
    const { id, row } = await listed(
      [
        [unknown, ''],
        [onIslands, ISLANDS],
        [listedThere, MAINLAND],
        [known, ''],
      ],
      { from: clockIn(-300), to: clockIn(-30), zone: 'UTC' },
    )
    const zones = {
      [unknown]: `${MAINLAND} ${ISLANDS}`,
      [onIslands]: ISLANDS,
      [listedThere]: MAINLAND,
      [known]: MAINLAND,
    }
    expect(await zonesIn(id)).toEqual(zones)
    await campaigns.command(id, 'start')
    await feed(row)
    expect(await handedOver(row)).toEqual([3, 4])
    expect(await zonesIn(id)).toEqual(zones)
    await setClock(31 * MINUTE_MS)
    await feed(row)
    expect(await handedOver(row)).toEqual([1, 2, 3, 4])
    expect(await zonesIn(id)).toEqual(zones)
  })

  it('is written to by the clock of the campaign where the free hours of their zones never meet', async () => {
    // Half an hour a day is free, and the zones are an hour apart.
    const free = (zone: string) => ({ from: clockIn(15), to: clockIn(-15), zone })
    const people = [
      [somebody(), ''],
      [somebody(), ISLANDS],
    ] as [string, string][]
    const [[unknown], [onIslands]] = people as [[string, string], [string, string]]
    const goes = await listed(people, free(MAINLAND))
    await campaigns.command(goes.id, 'start')
    await feed(goes.row)
    expect(await handedOver(goes.row)).toEqual([1])
    expect(await zonesIn(goes.id)).toEqual({ [unknown]: MAINLAND, [onIslands]: ISLANDS })
    const waits = await listed(people, free('UTC'))
    await campaigns.command(waits.id, 'start')
    await feed(waits.row)
    expect(await handedOver(waits.row)).toEqual([])
    expect(await zonesIn(waits.id)).toEqual({ [unknown]: 'UTC', [onIslands]: ISLANDS })
  })

  it('is told of nobody where everybody has the same turn', async () => {
    const { id } = await campaigns.listed({ sender, message }, `to\n+${somebody()}\n`)
    const report = await campaigns.campaignRecipients(CALLER, id, 'csv')
    if (!report.ok) throw new Error(report.refusal.message)
    expect((await report.value.toArray()).join('')).not.toContain('zones')
  })
})
