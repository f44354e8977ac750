import { describe, expect, it } from 'vitest'
import type { PhoneNumberId } from '../../src/domain/ids.ts'
import { type Instant, instant, MINUTE_MS } from '../../src/domain/time.ts'
import type { WebhookEvent } from '../../src/graph/webhook-event.ts'
import { heardIn } from '../../src/usecases/webhook-liveness.ts'
import { payloadOf } from '../../src/usecases/webhook-parts.ts'

const RECEIVED = instant(1_700_000_000_000)
const received = (...events: object[]) => payloadOf('1', RECEIVED, events as WebhookEvent[])
const event = (kind: string, sender: string | null, at: number | null) => ({
  kind,
  phoneNumberId: sender as PhoneNumberId | null,
  at: at as Instant | null,
})

describe('what applied webhooks say of a channel', () => {
  it('is told by statuses and messages of the number, and by nothing else of its account', () => {
    const at = RECEIVED - 5_000
    const heard = heardIn([
      received(event('status', '1', at), event('template_status', null, at), event('account_update', null, at)),
      received(event('inbound_message', '2', at), event('call', '3', at), event('account_errors', '4', at)),
    ])
    expect(heard).toEqual([
      { sender: '1', causedAt: at, toldFirstAt: RECEIVED, toldLastAt: RECEIVED, aheadMs: null },
      { sender: '2', causedAt: at, toldFirstAt: null, toldLastAt: null, aheadMs: null },
    ])
  })

  it('was not caused after it came in, whatever its stamp', () => {
    expect(heardIn([received(event('status', '1', RECEIVED + MINUTE_MS))])).toMatchObject([{ causedAt: RECEIVED }])
  })

  it('is not believed when it lies far ahead, and told as such', () => {
    const aheadMs = 3 * MINUTE_MS
    expect(heardIn([received(event('status', '1', RECEIVED + aheadMs))])).toMatchObject([{ causedAt: null, aheadMs }])
  })

  it('counts by the newest stamp of all', () => {
    const stamps = [RECEIVED - 9_000, RECEIVED - 1_000, null, RECEIVED - 5_000]
    const heard = heardIn(stamps.map((at) => received(event('status', '1', at))))
    expect(heard).toMatchObject([{ causedAt: RECEIVED - 1_000 }])
  })
})
