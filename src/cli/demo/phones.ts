import { z } from 'zod'
import { unreachableReason } from '../api.ts'
import { CommandFailed } from '../failure.ts'
import type { DemoContact } from './contacts.ts'

/** One POST that the sandbox took or refused, in its own words. */
const send = z.looseObject({
  seq: z.number(),
  at: z.string(),
  phone_number_id: z.string(),
  type: z.string().nullable(),
  body: z.unknown(),
  opaque: z.string().nullable(),
  window_open: z.boolean(),
  outcome: z.enum(['accepted', 'refused']),
  code: z.number().nullable(),
})
export type LedgerSend = z.infer<typeof send>

const clock = z.looseObject({ now: z.string() })
const ledgerPage = z.looseObject({ last_seq: z.number(), data: z.array(send) })

/** The customers' phones: the sandbox's controls over HTTP, as a person uses them on its page. */
export interface Phones {
  /** A business number to write to; throws when the sandbox is not one. */
  addBusinessNumber(number: { id: string; wabaId: string; digits: string; name: string; mps: number }): Promise<void>
  /** Known from an earlier run: left as they are. */
  addCustomer(contact: DemoContact): Promise<void>
  /** Stamps are epoch milliseconds. */
  say(contact: DemoContact, to: string, text: string, sentAtMs: number): Promise<void>
  call(contact: DemoContact, to: string, sentAtMs: number): Promise<void>
  arriveFromAd(contact: DemoContact, to: string, sentAtMs: number): Promise<void>
  tap(contact: DemoContact, to: string, label: string): Promise<void>
  lastSeq(): Promise<number>
  /** How far the sandbox's clock, and Casement's with it, was moved ahead of ours; milliseconds. */
  clockAheadMs(): Promise<number>
  /** Every send after `since` from one business number, oldest first. */
  ledger(phoneNumberId: string, since: number): Promise<LedgerSend[]>
}

const PAGE = 5_000
const NO_DISTANCE_MS = 2_000
const CONFLICT = 409

export function createPhones(sandboxUrl: string): Phones {
  const control = async (
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; answer: unknown }> => {
    const address = `${sandboxUrl}/sandbox${path}`
    let response: Response
    try {
      response = await fetch(address, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      })
    } catch (cause) {
      throw new CommandFailed(`no sandbox answers at ${sandboxUrl} (${unreachableReason(cause)})`, {
        code: 'unreachable',
        cause,
      })
    }
    const answer: unknown = await response.json().catch(() => null)
    if (response.ok || response.status === CONFLICT) return { status: response.status, answer }
    throw new CommandFailed(`the sandbox refused ${method} ${path}: HTTP status ${response.status}`)
  }
  const act = async (contact: DemoContact, action: string, body: object): Promise<void> => {
    const { status } = await control('POST', `/customers/${contact.waId}/${action}`, body)
    if (status === CONFLICT) throw new CommandFailed(`the sandbox refused what ${contact.name} does: ${action}`)
  }
  const page = async (since: number, limit: number) => {
    const { answer } = await control('GET', `/ledger?since=${since}&limit=${limit}`)
    return ledgerPage.parse(answer)
  }

  return {
    async addBusinessNumber({ id, wabaId, digits, name, mps }) {
      const number = { id, waba_id: wabaId, display_phone_number: digits, verified_name: name, throughput_mps: mps }
      await control('POST', '/senders', number)
    },
    async addCustomer({ waId, to, name }) {
      const dialled = to.slice(1)
      await control('POST', '/customers', { wa_id: waId, name, ...(dialled === waId ? {} : { aliases: [dialled] }) })
    },
    say: (contact, to, text, sentAtMs) => act(contact, 'say', { phone_number_id: to, text, sent_at_ms: sentAtMs }),
    call: (contact, to, sentAtMs) => act(contact, 'call', { phone_number_id: to, sent_at_ms: sentAtMs }),
    arriveFromAd: (contact, to, sentAtMs) =>
      act(contact, 'arrive-from-ad', { phone_number_id: to, sent_at_ms: sentAtMs }),
    tap: (contact, to, label) => act(contact, 'tap', { phone_number_id: to, label }),
    lastSeq: async () => (await page(0, 1)).last_seq,
    async clockAheadMs() {
      const { answer } = await control('GET', '/clock')
      const aheadMs = Date.parse(clock.parse(answer).now) - Date.now()
      // What the question itself takes is no distance.
      return Math.abs(aheadMs) < NO_DISTANCE_MS ? 0 : aheadMs
    },
    async ledger(phoneNumberId, since) {
      const sends: LedgerSend[] = []
      for (let after = since; ; ) {
        const { data } = await page(after, PAGE)
        sends.push(...data.filter((one) => one.phone_number_id === phoneNumberId))
        const last = data.at(-1)
        if (!last || data.length < PAGE) return sends
        after = last.seq
      }
    },
  }
}
