import type { PhoneNumberId } from '../../src/domain/ids.ts'
import { type LaneBackend, openLaneBackend, type PostgresLanes, type RedisLanes } from '../../src/queue/backend.ts'
import {
  createPermitConsumer,
  createPermits,
  type PermitConsumer,
  type PermitConsumerOptions,
  type Permits,
  permitId,
} from '../../src/queue/permits.ts'
import { type Recorder, recorder } from './signals.ts'

/** Both ends of the permits, without the rest of Casement. */
export interface LaneParts {
  readonly backend: LaneBackend
  /** Numbers that were served. */
  readonly served: Recorder<PhoneNumberId>
  readonly errors: Recorder<Error>
  permits(): Permits
  consumer(options?: Partial<PermitConsumerOptions>): PermitConsumer
  /** The last opened first. */
  close(): Promise<void>
}

export async function openLaneParts(where: RedisLanes | PostgresLanes): Promise<LaneParts> {
  const errors = recorder<Error>()
  const served = recorder<PhoneNumberId>()
  const backend = await openLaneBackend(where, errors.record)
  const open: { close(): Promise<void> }[] = []
  const opened = <T extends { close(): Promise<void> }>(part: T): T => {
    open.push(part)
    return part
  }
  const common = {
    maxShifts: 10,
    onError: errors.record,
    serve: async (sender: PhoneNumberId) => served.record(sender),
  }
  return {
    backend,
    served,
    errors,
    permits: () => opened(createPermits(backend)),
    consumer: (options) => opened(createPermitConsumer(backend, { ...common, ...options })),
    async close() {
      for (const part of open.reverse()) await part.close()
      await backend.close()
    },
  }
}

let lastSender = 0

/** Of which no permit is known yet. */
export function newSender(): PhoneNumberId {
  return `1077000${String(++lastSender).padStart(6, '0')}` as PhoneNumberId
}

let lastSerial = 0

/** A permit that was never given out. */
export function newPermit(sender: PhoneNumberId): string {
  return permitId(sender, ++lastSerial)
}
