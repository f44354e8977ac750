export interface ReleaseIo {
  /** Returns how many it let go; as many as `limit` when there may be more. */
  releaseWaiting(event: string, limit: number): Promise<number>
  /** Wakes the relay. */
  notifyDue(): Promise<void>
}

/** Small enough that no transaction holds many rows for long, since thousands may have waited for one sender. */
const CHUNK = 1_000

/** Lets go everything that waited for an event, and wakes the relay after each chunk so that the first leave while the rest follow. */
export async function releaseAll(io: ReleaseIo, event: string): Promise<number> {
  let released = 0
  for (;;) {
    const count = await io.releaseWaiting(event, CHUNK)
    released += count
    if (count > 0) await io.notifyDue()
    if (count < CHUNK) return released
  }
}
