/*
 * Passing on: what of Meta's webhooks goes to which endpoint and under whose ids, what an endpoint may ask for, and when it is tried again.
 */
export { nextTryAt, TRIED_FOR_MS, verdictOf } from './passing/delivery.ts'
export {
  EVENT_NAMES,
  EVENT_PATTERNS,
  type EventName,
  type EventPattern,
  eventPatternsSchema,
  matchesEvents,
  metaFieldsSchema,
} from './passing/event-names.ts'
export { type MetaChange, type MetaPayload, readPayload, withEntries } from './passing/payload.ts'
export { type DropInMessage, type DropInMessages, namedMessages, rewriteIds } from './passing/rewrite-ids.ts'
export { metaSecretSchema, standardSecretSchema } from './passing/secrets.ts'
export { type Part, splitPayload, type Wanted } from './passing/split-payload.ts'
