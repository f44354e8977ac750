import type { WhenClosed } from '../domain/content.ts'
import type { Budget } from '../domain/money/budget.ts'
import type { SenderCheck } from '../usecases/check-sender.ts'
import type { Answer, Caller, View } from './services.ts'

export interface SenderView {
  phone_number_id: string
  waba_id: string
  portfolio_id: string
  display_phone_number: string | null
  verified_name: string | null
  throughput_mps: number
  throughput: { configured_mps: number; effective_mps: number; slowed_since: string | null; used_1m: number }
  calls_paused_until: string | null
  messaging_limit: number | null
  messaging_limit_left: number | null
  messaging_limit_frees_at: string | null
  pair_limited_24h: number
  quality: string | null
  quality_history: { at: string; score: string }[]
  webhook_seen_at: string | null
  webhook_failed: number
  default_when_closed: WhenClosed
  state: 'active' | 'paused' | 'restricted'
  reason: { code: string; text: string; since: string } | null
  currency: string | null
  time_zone: string | null
  budget: Budget | null
  free_service_left: number
  created_at: string
}

export interface SenderInput {
  phone_number_id: string
  waba_id: string
  access_token: string
  display_phone_number?: string | undefined
  verified_name?: string | undefined
  portfolio_id?: string | undefined
  throughput_mps?: number | undefined
  messaging_limit?: number | null | undefined
  default_when_closed?: WhenClosed | undefined
}

export type SenderPatch = Omit<SenderInput, 'phone_number_id' | 'waba_id' | 'portfolio_id' | 'access_token'> & {
  access_token?: string | undefined
  currency?: string | null | undefined
  time_zone?: string | null | undefined
  budget?: Budget | null | undefined
}

/** What the HTTP API asks about numbers, see services.ts. */
export interface SenderServices {
  /** What is set up, and what is missing. `base`: where this server was reached; null: nobody can tell. */
  setup(caller: Caller, base: string | null): Promise<View>
  linkSender(caller: Caller, input: SenderInput): Promise<Answer<{ created: boolean; sender: SenderView }>>
  listSenders(caller: Caller): Promise<SenderView[]>
  getSender(caller: Caller, id: string): Promise<Answer<SenderView>>
  updateSender(caller: Caller, id: string, patch: SenderPatch): Promise<Answer<SenderView>>
  pauseSender(caller: Caller, id: string): Promise<Answer<SenderView>>
  resumeSender(caller: Caller, id: string): Promise<Answer<SenderView>>
  unlinkSender(caller: Caller, id: string): Promise<Answer<null>>
  /** Of a linked number, or of one that might be linked; nothing is stored. `base`: where this server was reached. */
  checkSender(
    caller: Caller,
    asked: { id: string } | SenderInput,
    base: string | null,
  ): Promise<Answer<{ checks: SenderCheck[] }>>
  /** Has Meta send the webhooks of its account to the app of its token. */
  subscribeSender(caller: Caller, id: string): Promise<Answer<SenderView>>
}
