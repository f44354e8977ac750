import { randomUUID } from 'node:crypto'
import type { IntentId, PhoneNumberId } from '../../src/domain/ids.ts'
import { type LaneBackend, openLaneBackend, type PostgresLanes, type RedisLanes } from '../../src/queue/backend.ts'
import { type ConsumerOptions, type Consumers, createConsumers } from '../../src/queue/consumer.ts'
import { createLanes, type Lanes, type LanesOptions, type Wake } from '../../src/queue/lanes.ts'
import { type Recorder, recorder } from './signals.ts'

/** Both ends of lanes, without the rest of Casement. */
export interface LaneParts {
  readonly backend: LaneBackend
  /** Senders of the jobs that were processed. */
  readonly processed: Recorder<PhoneNumberId>
  readonly errors: Recorder<Error>
  lanes(options?: Partial<LanesOptions>): Lanes
  consumers(options?: Partial<ConsumerOptions>): Consumers
  /** The last opened first. */
  close(): Promise<void>
}

/** No limit to anything in a test. */
export const FAST_MPS = 10_000
const NEVER_IDLE_MS = 60_000

export async function openLaneParts(where: RedisLanes | PostgresLanes): Promise<LaneParts> {
  const errors = recorder<Error>()
  const processed = recorder<PhoneNumberId>()
  const backend = await openLaneBackend(where, errors.record)
  const open: { close(): Promise<void> }[] = []
  const opened = <T extends { close(): Promise<void> }>(part: T): T => {
    open.push(part)
    return part
  }
  const common = { idleMs: NEVER_IDLE_MS, onError: errors.record }
  const process = async (sender: PhoneNumberId) => processed.record(sender)
  return {
    backend,
    processed,
    errors,
    lanes: (options) => opened(createLanes(backend, { ...common, ...options })),
    consumers: (options) => opened(createConsumers(backend, { ...common, concurrency: 10, process, ...options })),
    async close() {
      for (const part of open.reverse()) await part.close()
      await backend.close()
    },
  }
}

let lastSender = 0

/** Of which no lane is known yet. */
export function newSender(): PhoneNumberId {
  return `1077000${String(++lastSender).padStart(6, '0')}` as PhoneNumberId
}

export function newSenders(count: number): PhoneNumberId[] {
  return Array.from({ length: count }, newSender)
}

export function newWake(): Wake {
  return { id: randomUUID() as IntentId, wake: 1, priority: 'reply' }
}
