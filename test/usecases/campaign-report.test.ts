import { PassThrough } from 'node:stream'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faultyPostgres } from '../faults/faulty-postgres.ts'
import { CALLER } from '../support/access.ts'
import { type CampaignStage, openCampaignStage } from '../support/campaign-stage.ts'
import { campaignsOn } from '../support/lists.ts'
import { eventually } from '../support/signals.ts'

const message = { type: 'text', text: { body: 'Hello {{name | there}}' } }

describe('the report of a campaign', () => {
  let { rows, campaigns, digits, feed } = {} as CampaignStage
  beforeAll(async () => {
    ;({ rows, campaigns, digits, feed } = await openCampaignStage())
  })
  afterAll(() => rows.close())

  async function listed(people: string[]) {
    const csv = `to,name\n${people.map((one) => `+${one},Ana`).join('\n')}\n`
    return campaigns.listed({ sender: await rows.linkSender(), message }, csv)
  }

  async function textOf(id: string, format: 'csv' | 'ndjson'): Promise<string> {
    const report = await campaigns.campaignRecipients(CALLER, id, format)
    if (!report.ok) throw new Error(report.refusal.message)
    return (await report.value.toArray()).join('')
  }

  interface Line {
    to: string
    state: string | null
    reason_code: string | null
    reason: string
  }

  async function linesOf(id: string): Promise<Line[]> {
    const text = await textOf(id, 'ndjson')
    return text === ''
      ? []
      : text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as Line)
  }

  it('has who is on the list, and nobody of a list that is still coming in or never came', async () => {
    const { id } = await listed([digits(), digits()])
    const stream = new PassThrough()
    const answer = campaigns.importAudience(CALLER, id, { stream, charset: null, defaultCountry: undefined })
    stream.write(`to\n${Array.from({ length: 30_000 }, (_, i) => `+55119${50_000_000 + i}\n`).join('')}`)
    await eventually(async () => {
      const { rows: found } = await rows.postgres.pool.query(
        `select u.last_position from campaign_uploads u join campaigns c on c.id = u.campaign_id where c.public_id = $1 and u.state = 'loading'`,
        [id],
      )
      return found[0]?.last_position >= 10_000
    })
    expect(await linesOf(id)).toHaveLength(2)
    stream.destroy()
    await answer
  })

  it('says cancelled of nobody who was written to, also when their message is not kept any more', async () => {
    const [gone, kept] = [digits(), digits()] as [string, string]
    const { id, row } = await listed([gone, kept])
    await campaigns.command(id, 'start')
    await feed(row)
    const { rows: links } = await rows.postgres.pool.query(
      'select intent_id from campaign_intents where campaign_id = $1 order by position',
      [row],
    )
    await rows.postgres.pool.query('delete from intents where id = $1', [links[0].intent_id])
    for (const command of [null, 'pause', 'cancel'] as const) {
      if (command !== null) await campaigns.command(id, command)
      expect(await linesOf(id)).toMatchObject([
        { to: `+${gone}`, state: null, reason: 'Their message is not kept any more.' },
        { to: `+${kept}`, reason_code: command === 'pause' ? 'campaign_paused' : null },
      ])
    }
  })

  it('counts whoever was erased before their turn as the campaign does', async () => {
    const { id, row } = await listed([digits(), digits()])
    await rows.postgres.pool.query(
      `update campaign_recipients set recipient = '', cells = '[]' where campaign_id = $1 and position = 1`,
      [row],
    )
    const erased = { to: '', reason_code: 'erased', reason: 'They were erased.' }
    expect(await linesOf(id)).toMatchObject([{ ...erased, state: 'scheduled' }, { state: 'scheduled' }])
    expect(await campaigns.counts(id)).toMatchObject({ total: 2, scheduled: 2 })
    await campaigns.command(id, 'cancel')
    expect(await linesOf(id)).toMatchObject([{ ...erased, state: 'cancelled' }, { state: 'cancelled' }])
    expect(await campaigns.counts(id)).toMatchObject({ total: 2, cancelled: 2 })
  })

  it('reads of a long list no more than is taken, each line once and each piece of one moment, whatever happens meanwhile', async () => {
    const total = 60_000
    const { id, row } = await listed(Array.from({ length: total }, digits))
    await campaigns.command(id, 'start')
    let read = 0
    const counting = faultyPostgres(rows.postgres, (run) => {
      read += 1
      return run()
    })
    const report = await campaignsOn(counting).campaignRecipients(CALLER, id, 'ndjson')
    if (!report.ok) throw new Error(report.refusal.message)
    const before = read
    const pieces: (Line & { line: number })[][] = []
    for await (const piece of report.value) {
      pieces.push(
        String(piece)
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as Line & { line: number }),
      )
      // Of whatever size it is, no more than a few pieces stand ready for who reads slowly.
      expect(read - before).toBeLessThanOrEqual(pieces.length + 4)
      // All of it changes between two pieces, and at last it is cancelled as a whole.
      if (pieces.length === 50) await campaigns.command(id, 'cancel')
      if (pieces.length % 6 === 0) await feed(row)
    }
    expect(pieces.map((piece) => piece.length)).toEqual(Array.from({ length: 60 }, () => 1_000))
    expect(pieces.flat().map(({ line }) => line)).toEqual(Array.from({ length: total }, (_, i) => i + 2))
    for (const piece of pieces) {
      // Handed over in order, so what is said of them changes once at most, at one place of the piece.
      const states = piece.map(({ state }) => state)
      const changes = states.filter((state, i) => i > 0 && state !== states[i - 1]).length
      expect(changes).toBeLessThanOrEqual(1)
    }
  }, 60_000)

  it('has each column once, and is a list again, where a list has columns that are called like its own', async () => {
    const csv = `state,to,cost,constructor,__proto__,state (list)\nCA,+${digits()},12,a,b,c\n`
    const { id } = await campaigns.listed({ sender: await rows.linkSender(), message }, csv)
    const text = await textOf(id, 'csv')
    const [header, line] = parse(text, { relax_column_count: false }) as [string[], string[]]
    expect(new Set(header).size).toBe(header.length)
    const cell = (name: string) => line[header.indexOf(name)]
    expect(['state', 'state (list)*', 'cost (list)', 'constructor', '__proto__', 'state (list)'].map(cell)).toEqual([
      'scheduled',
      'CA',
      '12',
      'a',
      'b',
      'c',
    ])
    await expect(campaigns.listed({ sender: await rows.linkSender(), message }, text)).resolves.toBeDefined()
    expect(JSON.parse(await textOf(id, 'ndjson'))).toMatchObject({ state: 'scheduled', columns: { state: 'CA' } })
  })
})
