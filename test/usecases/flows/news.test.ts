import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { dataOf } from '../../../src/app/event-data.ts'
import { changesBy } from '../../../src/app/live-data.ts'
import type { WorkspaceId } from '../../../src/domain/ids.ts'
import type { Topic } from '../../../src/domain/news.ts'
import { instant } from '../../../src/domain/time.ts'
import { beginReading, endReading } from '../../../src/store/outbox/outbox.ts'
import { CALLER } from '../../support/access.ts'
import { createFlowWorld, type FlowWorld } from '../../support/flow-world.ts'

/* What is told of flows, and what who hears it is shown. */

let world: FlowWorld
beforeAll(async () => {
  world = await createFlowWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.rows.postgres.pool.query('truncate outbox, news_readers')
})

interface News {
  id: string
  kind: string
  subject: string
  payload: Record<string, unknown>
}

async function told(): Promise<News[]> {
  const { rows } = await world.rows.postgres.pool.query<News>('delete from outbox returning *')
  return rows.filter(({ kind }) => kind.startsWith('flow.')).toSorted((a, b) => Number(a.id) - Number(b.id))
}

async function listening(topics: Topic[], run: () => Promise<void>): Promise<News[]> {
  const reader = randomUUID()
  await beginReading(world.rows.postgres, reader, topics)
  try {
    await run()
    return await told()
  } finally {
    await endReading(world.rows.postgres, reader)
  }
}

const HAND = `
flow: hand
purpose: service
triggers: [api]
steps:
  - { id: rest, wait: 1h }
  - { id: hand, hand_over: { team: desk, note: "Wants a sofa" } }
  - { id: done, end: handed }
`

describe('a flow', () => {
  it('tells that it was written, paused and resumed, and nothing where nothing changes', async () => {
    await world.deploy(HAND)
    await world.deploy(HAND)
    await world.services.pauseFlow(CALLER, 'hand')
    await world.services.pauseFlow(CALLER, 'hand')
    await world.services.resumeFlow(CALLER, 'hand')
    const news = await told()
    expect(news.map(({ kind, subject, payload }) => [kind, subject, payload])).toEqual([
      ['flow.deployed', 'hand', { flow: 'hand' }],
      ['flow.paused', 'hand', { flow: 'hand' }],
      ['flow.resumed', 'hand', { flow: 'hand' }],
    ])
    const { db } = world.rows.postgres
    const [data] = await dataOf(db, CALLER, [{ ...(news[0] as News), type: 'flow.deployed' } as never], 0)
    expect(data).toMatchObject({ workspace: CALLER.workspace, name: 'hand', state: 'active', version: 1 })
  })

  it('tells of each run where it began, stood still and ended, and whom it was handed to, while somebody listens', async () => {
    await world.deploy(HAND)
    const customer = await world.customer()
    let id = ''
    await told()
    const news = await listening(['flow'], async () => {
      id = await world.start('hand', customer)
      await world.services.pauseRun(CALLER, id)
      await world.services.resumeRun(CALLER, id)
      await world.tick()
      await world.advance(3_600_000)
      await world.tick()
    })
    const run = { sender: world.sender, conversation: customer.id, flow: 'hand' }
    expect(news.map(({ kind, subject, payload }) => [kind, subject, payload])).toEqual([
      ['flow.run_started', id, run],
      ['flow.run_paused', id, run],
      ['flow.run_resumed', id, run],
      ['flow.run_moved', id, run],
      ['flow.run_ended', id, { ...run, outcome: 'handed' }],
      ['flow.handed_over', id, { ...run, team: 'desk' }],
    ])
    const { db } = world.rows.postgres
    const events = news.map((one) => ({ ...one, type: one.kind }) as never)
    const data = await dataOf(db, CALLER, events, 0)
    expect(data[5]).toMatchObject({
      id,
      flow: 'hand',
      outcome: 'handed',
      team: 'desk',
      handed_over: { team: 'desk', note: 'Wants a sofa' },
    })
    const elsewhere = { ...CALLER, senders: [await world.rows.linkSender()] }
    expect(await dataOf(db, elsewhere, events, 0)).toEqual([null, null, null, null, null, null])
  })

  it('shows who looks its runs and itself, as lists have them', async () => {
    await world.deploy(HAND)
    const id = await world.start('hand', await world.customer())
    const { db } = world.rows.postgres
    const at = instant(0)
    const workspace = CALLER.workspace as WorkspaceId
    const news = ['hand', id].map((subject, i) => ({
      id: String(i),
      workspace,
      kind: i === 0 ? 'flow.deployed' : 'flow.run_started',
      subject,
      payload: {},
      at,
    }))
    const changes = await changesBy(db, workspace, news as never, 0)
    expect(changes).toMatchObject([
      {
        type: 'flow',
        id,
        event: 'flow.run_started',
        senders: [world.sender],
        data: { flow: 'hand', state: 'waiting' },
      },
      { type: 'flow', id: 'hand', event: 'flow.deployed', data: { name: 'hand', state: 'active' } },
    ])
    expect(changes?.[1]?.senders).toContain(world.sender)
  })

  it('tells nothing of its runs where nobody listens', async () => {
    await world.deploy(HAND)
    await told()
    await world.start('hand', await world.customer())
    expect(await told()).toEqual([])
  })
})
