import { expect } from 'vitest'
import { API_KEY, type Harness } from './harness.ts'
import { eventually } from './signals.ts'

/** Campaigns over HTTP, for suites of the whole. */

export interface CampaignJson {
  id: string
  state: string
  reason: { code: string; text: string } | null
  counts: Record<string, number> & { total: number }
  delivery: { delivered: number; read: number }
  cost: { so_far: string; currency: string } | null
  parent: string | null
}

export const OFFER = {
  type: 'template',
  template: {
    name: 'order_update',
    language: { code: 'en' },
    components: [
      {
        type: 'body',
        parameters: [
          { type: 'text', text: '{{name | friend}}' },
          { type: 'text', text: '{{order | 1}}' },
        ],
      },
    ],
  },
}

export interface Campaigns {
  draft(given?: object): Promise<string>
  upload(id: string, csv: string): Promise<Record<string, number>>
  /** A draft with a list of so many people whom nobody has written to; answers their digits too. */
  listed(people: number, given?: object): Promise<{ id: string; people: string[] }>
  command(
    id: string,
    command: 'start' | 'pause' | 'resume' | 'cancel',
    body?: object,
  ): Promise<{ status: number; body: { state: string } }>
  read(id: string): Promise<CampaignJson>
  /** Every look on the way has counts that add up. */
  until(id: string, matches: (campaign: CampaignJson) => boolean, timeoutMs?: number): Promise<CampaignJson>
}

export function campaignsOf(casement: Harness): Campaigns {
  let next = 0
  const digits = () => `551191${String(++next).padStart(7, '0')}`
  const campaigns: Campaigns = {
    async draft(given = {}) {
      const body = {
        name: 'Spring',
        sender: casement.sender,
        ...('variants' in given ? {} : { message: OFFER }),
        ...given,
      }
      const made = await casement.api<{ id: string }>('POST', '/v1/campaigns', body)
      expect(made).toMatchObject({ status: 201 })
      return made.body.id
    },
    async upload(id, csv) {
      const answer = await fetch(`${casement.url}/v1/campaigns/${id}/audience`, {
        method: 'POST',
        headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'text/csv' },
        body: csv,
      })
      const told = (await answer.json()) as Record<string, number>
      expect({ status: answer.status, told }).toMatchObject({ status: 200 })
      return told
    },
    async listed(count, given) {
      const id = await campaigns.draft(given)
      const people = Array.from({ length: count }, digits)
      await campaigns.upload(id, `to,name,order\n${people.map((one, i) => `+${one},Name ${i},${i}`).join('\n')}\n`)
      return { id, people }
    },
    command: (id, command, body) => casement.api('POST', `/v1/campaigns/${id}/${command}`, body),
    async read(id) {
      const { status, body } = await casement.api<CampaignJson>('GET', `/v1/campaigns/${id}`)
      expect(status).toBe(200)
      const { total, ...states } = body.counts
      expect({ ...body.counts, sum: Object.values(states).reduce((a, b) => a + b, 0) }).toMatchObject({ sum: total })
      return body
    },
    until(id, matches, timeoutMs = 45_000) {
      let seen: CampaignJson | null = null
      const look = async () => {
        seen = await campaigns.read(id)
        return matches(seen) ? seen : false
      }
      return eventually(look, { timeoutMs }).catch((error: Error) => {
        throw new Error(`the campaign did not come there: ${JSON.stringify(seen)}`, { cause: error })
      })
    },
  }
  return campaigns
}

/** How often Meta accepted something for each of them, where that is not once. */
export function notOnce(casement: Harness, people: readonly string[]): Record<string, number> {
  const times = new Map<string, number>()
  for (const { to, outcome, code } of casement.sandbox.ledger()) {
    const one = to?.replace('+', '')
    if (one !== undefined && outcome === 'accepted' && code === null) times.set(one, (times.get(one) ?? 0) + 1)
  }
  return Object.fromEntries(people.flatMap((one) => (times.get(one) === 1 ? [] : [[one, times.get(one) ?? 0]])))
}
