import { instant, toIso } from '../../domain/time.ts'
import type { DeliveryRead } from '../../store/passing/deliveries.ts'
import type { EndpointRead } from '../../store/passing/endpoints.ts'

export function viewOfEndpoint({ workspace: _workspace, created_at, ...endpoint }: EndpointRead) {
  return { ...endpoint, created_at: toIso(created_at) }
}

/** @param seen numbers that the caller sees; null: all */
export function viewOfDelivery(delivery: DeliveryRead, seen: readonly string[] | null) {
  const { id, state, created_at, next_at, attempts, type, stream } = delivery
  return {
    id,
    state,
    created_at: toIso(created_at),
    next_at: next_at === null ? null : toIso(next_at),
    attempts: attempts.map(({ at, ...attempt }) => ({ at: toIso(instant(at)), ...attempt })),
    type,
    numbers: /^\d+$/.test(stream) && (seen?.includes(stream) ?? true) ? [stream] : [],
  }
}
