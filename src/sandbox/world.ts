import type { SandboxClock } from './clock.ts'
import type { FaultScript } from './faults.ts'
import type { Identifiers } from './identifiers.ts'
import type { Knobs } from './knobs.ts'
import type { Ledger } from './ledger.ts'
import type { NumberRecord } from './records.ts'
import { RollingDay, RollingSecond } from './rules/limits.ts'
import type { Scheduler } from './scheduler.ts'
import type { WebhookDelivery } from './webhooks/delivery.ts'

/** The little a logger must do here; pino fits. */
export type SandboxLog = {
  info(details: object, message: string): void
  warn(details: object, message: string): void
}

/** Everything a rule or a route of the sandbox works with. */
export type World = {
  clock: SandboxClock
  scheduler: Scheduler
  knobs: Knobs
  ledger: Ledger
  ids: Identifiers
  faults: FaultScript
  webhooks: WebhookDelivery
  meters: Meters
  verifyToken: string
  /** What has to move before the sandbox's clock does, to so many milliseconds ahead of real time; null: nothing. */
  moveFirst: ((aheadMs: number) => Promise<void>) | null
  log: SandboxLog
  /** Something a phone shows or a snapshot keeps has changed. */
  changed(): void
}

/** Rolling counters, by business number and by portfolio. Forgotten at a restart. */
export type Meters = {
  throughput(number: NumberRecord): RollingSecond
  messagingLimit(portfolioId: string): RollingDay
  managementCalls(wabaId: string): { hour: number; count: number }
}

export function createMeters(): Meters {
  const seconds = new Map<string, RollingSecond>()
  const days = new Map<string, RollingDay>()
  const calls = new Map<string, { hour: number; count: number }>()
  return {
    throughput: (number) => at(seconds, number.id, () => new RollingSecond()),
    messagingLimit: (portfolioId) => at(days, portfolioId, () => new RollingDay()),
    managementCalls: (wabaId) => at(calls, wabaId, () => ({ hour: 0, count: 0 })),
  }
}

function at<T>(map: Map<string, T>, key: string, create: () => T): T {
  const known = map.get(key)
  if (known) return known
  const created = create()
  map.set(key, created)
  return created
}
