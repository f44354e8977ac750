import type { z } from 'zod'
import { NO_ORIGIN } from '../domain/audit.ts'
import { formatZodIssue, unstorableJson } from '../domain/content.ts'
import type { DecisionSettings } from '../domain/decision.ts'
import type { PriceView } from '../domain/money/price-decision.ts'
import { type IntentRequest, intentPatchSchema } from '../domain/request.ts'
import type { ShownState } from '../domain/shown-state.ts'
import { toIso } from '../domain/time.ts'
import { readIntent } from '../store/intents/reads.ts'
import type { Postgres } from '../store/pg/postgres.ts'
import { type Answer, invalid, type Refusal } from '../usecases/answer.ts'
import type { Producer } from '../usecases/enqueue-intent.ts'
import { unknownIntent } from '../usecases/manage-intents.ts'
import { changeIntentOn } from './changing.ts'
import { forecastOn, waitingForecasts } from './forecasting.ts'
import type { Pricing } from './pricing.ts'

/** What `PATCH /v1/intents/{id}` takes: what is not named stays, null is what a member would be, had it not been given. */
export type IntentPatchRequest = z.input<typeof intentPatchSchema>

/** What becomes of a message, by what is known; instants in ISO 8601. */
export interface FateAnswer {
  at: string
  kind: 'send' | 'downgrade' | 'follow_up' | 'hold' | 'defer' | 'expire' | 'cancel' | 'suppress' | 'fail'
  reason: { code: string; text: string; graph_code?: number }
  /** That would leave: as the message itself, in its place or before it. */
  template: { name: string; language: string } | null
  /** Null where nothing would leave, or no rate card was imported that fits. */
  price: PriceView | null
  /** All of it in English, with what would have to change for another end. */
  text: string
}

/** The answer of `POST /v1/intents/forecast`. */
export interface ForecastAnswer {
  window: { open: boolean; expires_at: string | null }
  now: FateAnswer
  /** Null without a `send_at`. */
  at_send_at: FateAnswer | null
  /** The words of the template that would leave. */
  preview: Record<string, unknown> | null
  limits: { pair_left: number; messaging_limit_left: number | null; free_service_left: number | null }
}

export interface ChangedAnswer {
  id: string
  state: ShownState
  send_at: string
  expires_at: string
  /** Names of the members that are another now; none where it was so already. */
  members: string[]
  /** Made anew; null where it has left meanwhile, or is over. */
  forecast: FateAnswer | null
}

export interface LibraryIntents {
  forecast(intent: IntentRequest): Promise<ForecastAnswer>
  change(id: string, patch: IntentPatchRequest): Promise<ChangedAnswer>
}

/** Intents by the library: the same as over HTTP, throwing what `refuse` makes of a refusal where HTTP answers with an error. */
export function libraryIntents(
  postgres: Postgres,
  producer: Producer,
  settings: DecisionSettings,
  pricing: Pick<Pricing, 'of'>,
  refuse: (refusal: Refusal) => Error,
): LibraryIntents {
  const doer = { ...producer, origin: NO_ORIGIN }
  const forecastOf = waitingForecasts(postgres, settings, pricing)

  function told<T>(answer: Answer<T>): T {
    if (!answer.ok) throw refuse(answer.refusal)
    return answer.value
  }

  return {
    forecast: async (intent) =>
      told(await forecastOn(postgres, settings, pricing, producer, intent)) as unknown as ForecastAnswer,
    async change(id, given) {
      const patch = told(readPatch(given))
      const { key, members } = told(await changeIntentOn(postgres, settings, doer, id, patch))
      const intent = await readIntent(postgres.db, key)
      if (intent === null) return told(unknownIntent(id))
      return {
        id: intent.id,
        state: intent.shown_state,
        send_at: toIso(intent.send_at),
        expires_at: toIso(intent.expires_at),
        members,
        forecast: (await forecastOf(intent)) as FateAnswer | null,
      }
    },
  }
}

function readPatch(given: unknown): Answer<z.output<typeof intentPatchSchema>> {
  const unstorable = unstorableJson(given)
  if (unstorable) {
    const field = unstorable.path.map(String).join('.') || 'message'
    return invalid(field, `expected ${field} ${unstorable.message}`)
  }
  const parsed = intentPatchSchema.safeParse(given, { reportInput: true })
  if (parsed.success) return { ok: true, value: parsed.data }
  const { field, message } = formatZodIssue(parsed.error, { input: given })
  return invalid(field || 'body', message)
}
