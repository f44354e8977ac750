import { sql } from 'kysely'
import type { DecisionSettings } from '../domain/decision.ts'
import type { WaId } from '../domain/ids.ts'
import { localDay } from '../domain/money/local-day.ts'
import { freeServiceLeft } from '../domain/money/price.ts'
import { toIso } from '../domain/time.ts'
import type { Answer, View } from '../http/services.ts'
import { readMessagingLimits } from '../store/accounts/messaging-limits.ts'
import { readConversationStates } from '../store/conversations/ensure.ts'
import { readFactsAt } from '../store/intents/dispatch-facts.ts'
import { findSenders } from '../store/intents/enqueue.ts'
import type { IntentRead } from '../store/intents/reads.ts'
import { readProfiles } from '../store/people/profiles.ts'
import { findOwners } from '../store/people/resolve.ts'
import { databaseNow } from '../store/pg/clock.ts'
import { type Db, type Postgres, queryableOn } from '../store/pg/postgres.ts'
import { readTemplates, templateKey } from '../store/templates/templates.ts'
import { done, refused } from '../usecases/answer.ts'
import type { Producer } from '../usecases/enqueue-intent.ts'
import { type FateForecast, type ForecastIo, forecastIntent, type IntentForecast } from '../usecases/forecast-intent.ts'
import { type ForecastWaitingIo, forecastWaiting } from '../usecases/forecast-waiting.ts'
import { NOBODY, stateOfStranger } from '../usecases/stranger.ts'
import type { Pricing } from './pricing.ts'
import { reasonOfIntent } from './views/intent.ts'
import { viewOfPreview } from './views/template.ts'

/** What would become of a message. Nothing is stored, and nobody is made. */
export async function forecastOn(
  { db }: Pick<Postgres, 'db'>,
  settings: DecisionSettings,
  pricing: Pick<Pricing, 'of'>,
  producer: Producer,
  input: unknown,
): Promise<Answer<View>> {
  const forecast = await forecastIntent(forecastIo(db, pricing), settings, producer, input)
  if (forecast.ok) return done(viewOfForecast(forecast.forecast))
  const { error } = forecast
  return refused({ ...error, field: error.field ?? 'body' })
}

/** The same of a message that waits, made anew at every look. */
export function waitingForecasts(
  { db }: Pick<Postgres, 'db'>,
  settings: DecisionSettings,
  pricing: Pick<Pricing, 'of'>,
): (intent: IntentRead) => Promise<View | null> {
  const io: ForecastWaitingIo = {
    now: () => databaseNow(db),
    factsAt: (id, at) => readFactsAt(queryableOn(db), id, at),
    money: async (sender) => (await pricing.of([sender])).get(sender) ?? null,
  }
  return async (intent) => {
    const forecast = await forecastWaiting(io, settings, intent, reasonOfIntent(intent))
    return forecast && viewOfFate(forecast)
  }
}

function forecastIo(db: Db, pricing: Pick<Pricing, 'of'>): ForecastIo {
  const client = queryableOn(db)
  let asked: WaId | null = null
  return {
    now: () => databaseNow(db),
    findSenders: (purview, senders) => findSenders(db, purview, senders),
    async resolveContacts(workspace, ids) {
      const owners = await findOwners(db, workspace, ids)
      asked = (ids.find(({ key }) => /^\d/.test(key))?.value as WaId | undefined) ?? null
      return ids.map(({ scope, key }) => owners.get(`${scope} ${key}`) ?? NOBODY)
    },
    async ensureConversations(_workspace, pairs) {
      const known = await readConversationStates(
        db,
        pairs.filter(({ contactId }) => contactId !== NOBODY),
      )
      for (const { sender, contactId } of pairs) {
        if (contactId === NOBODY) known.set(`${sender} ${contactId}`, stateOfStranger({ waId: asked, bsuid: null }))
      }
      return known
    },
    readProfiles: (ids) =>
      readProfiles(
        client,
        ids.filter((id) => id !== NOBODY),
      ),
    readTemplates: (keys) => readTemplates(client, keys),
    templateKey,
    money: (senders) => pricing.of(senders),
    async messagingLimitLeft(portfolioId, contact) {
      const limit = await limitOf(db, portfolioId)
      if (limit === null) return null
      const uses = await readMessagingLimits(client, [{ portfolioId, contactId: contact, limit }])
      const use = uses.get(`${portfolioId} ${contact}`)
      return use === undefined ? null : Math.max(0, use.limit - use.used)
    },
    async freeServiceLeft(sender) {
      const known = (await pricing.of([sender])).get(sender)
      return known === undefined ? null : freeServiceLeft(known, localDay(await databaseNow(db), known.timeZone))
    },
  }
}

async function limitOf(db: Db, portfolioId: string): Promise<number | null> {
  const { rows } = await sql<{ limit: number | null }>`
    select messaging_limit as limit from portfolios where id = ${portfolioId}`.execute(db)
  return rows[0]?.limit ?? null
}

function viewOfForecast({ window, now, atSendAt, preview, limits }: IntentForecast): View {
  return {
    window: { open: window.open, expires_at: window.expiresAt === null ? null : toIso(window.expiresAt) },
    now: viewOfFate(now),
    at_send_at: atSendAt && viewOfFate(atSendAt),
    preview: preview && viewOfPreview(preview),
    limits: {
      pair_left: limits.pairLeft,
      messaging_limit_left: limits.messagingLimitLeft,
      free_service_left: limits.freeServiceLeft,
    },
  }
}

function viewOfFate({ at, kind, reason, template, price, text: words }: FateForecast) {
  const { code, text, graphCode } = reason
  return {
    at: toIso(at),
    kind,
    reason: { code, text, ...(graphCode === undefined ? {} : { graph_code: graphCode }) },
    template,
    price,
    text: words,
  }
}
