import { afterAll, beforeAll, expect, it } from 'vitest'
import { startFeeding } from '../../src/app/feeding.ts'
import { openPostgres, type Postgres } from '../../src/store/pg/postgres.ts'
import { type CampaignsOn, campaignsOn } from '../support/lists.ts'
import { createRows, type Rows } from '../support/rows.ts'
import { eventually } from '../support/signals.ts'

const SETTINGS = { windowMarginMs: 0, followUpCooldownMs: 0, requireOptIn: false, recipientReviewMs: 0 }

let rows: Rows
let campaigns: CampaignsOn
let impatient: Postgres
beforeAll(async () => {
  rows = await createRows()
  campaigns = campaignsOn(rows.postgres)
  const { connectionString: url } = rows.postgres.pool.options as { connectionString: string }
  impatient = openPostgres({ url, max: 4, applicationName: 'feeding test', statementMs: 500, onError: () => {} })
})
afterAll(async () => {
  await impatient.close()
  await rows.close()
})

async function started(name: string) {
  const message = { type: 'text', text: { body: 'Hello' } }
  const sender = await rows.linkSender({ portfolio: rows.digits() })
  const campaign = await campaigns.listed({ name, sender, message, when_closed: 'hold' }, `to\n+${rows.digits()}\n`)
  await campaigns.command(campaign.id, 'start')
  return campaign
}

it('a campaign whose rounds take too long keeps no other from being handed over, nor from its end', async () => {
  const [slow, other] = [await started('Slow'), await started('Other')]
  const { pool } = rows.postgres
  const holder = await pool.connect()
  const told: string[] = []
  try {
    await holder.query('begin')
    // Its round waits for the row, and so would everything else that is done for it.
    await holder.query('select from campaigns where id = $1 for update', [slow.row])
    const loop = startFeeding({
      postgres: impatient,
      listener: { tryLead: async () => true },
      optOuts: rows.optOuts,
      settings: SETTINGS,
      pricing: { of: async () => new Map() },
      onError: (error) => told.push(error.message),
    })
    try {
      await eventually(async () => {
        const { rows: found } = await pool.query<{ fed: number }>('select fed from campaigns where id = $1', [
          other.row,
        ])
        expect(found).toEqual([{ fed: 1 }])
      })
      expect(told).toContain(`a round of campaign ${slow.row} failed`)
      await holder.query('rollback')
      await eventually(async () => {
        const { rows: found } = await pool.query<{ fed: number }>('select fed from campaigns where id = $1', [slow.row])
        expect(found).toEqual([{ fed: 1 }])
      })
    } finally {
      await loop.stop()
    }
  } finally {
    holder.release()
  }
})
