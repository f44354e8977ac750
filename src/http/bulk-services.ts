import type { BulkRequest } from '../usecases/bulk-intents.ts'
import type { Answer, Caller, IntentFilter, View } from './services.ts'

/** What the HTTP API asks about many intents at once, see services.ts. */
export interface BulkServices {
  countBulk(caller: Caller, request: BulkRequest): Promise<Answer<View>>
  /** Answers the job. */
  startBulk(caller: Caller, request: BulkRequest): Promise<Answer<{ id: string }>>
  countIntents(caller: Caller, filter: Omit<IntentFilter, 'cursor' | 'limit' | 'state'>): Promise<Answer<View>>
}
