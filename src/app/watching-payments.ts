import type { PhoneNumberId } from '../domain/ids.ts'
import type { GraphClient } from '../graph/client.ts'
import type { WireHealth } from '../graph/wire.ts'
import { blamePayment, findSilent, findUnpaid } from '../store/accounts/payments.ts'
import type { SenderStore } from '../store/accounts/senders.ts'
import { DUE_CHANNEL } from '../store/intents/enqueue.ts'
import type { Listener } from '../store/pg/listener.ts'
import type { Postgres } from '../store/pg/postgres.ts'
import { findUnapplied } from '../store/webhooks/unapplied.ts'
import { watchPayments } from '../usecases/watch-payments.ts'
import { type Loop, startLoop } from '../worker/loop.ts'

export interface PaymentWatchDeps {
  postgres: Postgres
  listener: Pick<Listener, 'tryLead'>
  senders: Pick<SenderStore, 'restrict' | 'resumeFrom' | 'tokenOfNumber'>
  graph: Pick<GraphClient, 'getPhoneNumber'>
  log: Record<'info' | 'warn', (details: object, message: string) => void>
  onError(error: Error): void
}

const LOOK_EVERY_MS = 60_000

/** Whoever leads looks for numbers whose account cannot pay, and brings those back that can again. */
export function startPaymentWatch({ postgres, listener, senders, graph, log, onError }: PaymentWatchDeps): Loop {
  const { db, signals } = postgres

  async function healthAtMeta(sender: PhoneNumberId): Promise<WireHealth | null> {
    const token = await senders.tokenOfNumber(sender).catch(() => null)
    if (token === null) return null
    const answer = await graph.getPhoneNumber(sender, token, ['id', 'health_status'])
    return answer.kind === 'ok' ? (answer.value.health_status ?? null) : null
  }

  return startLoop(async () => {
    if (!(await listener.tryLead())) return LOOK_EVERY_MS
    await watchPayments({
      silent: () => findSilent(db),
      unpaid: () => findUnpaid(db),
      findUnapplied: (since) => findUnapplied(db, since),
      healthAtMeta,
      async restrict(sender, reason) {
        const restricted = await senders.restrict(sender, reason, false)
        if (restricted) log.warn({ sender, reason }, 'sender restricted')
        return restricted
      },
      blame: (sender) => blamePayment(db, sender),
      async resume(sender) {
        const resumed = await senders.resumeFrom(sender, 'payment_missing')
        if (resumed) log.info({ sender }, 'the account of the number can pay again')
        return resumed
      },
      notifyDue: async () => signals.send(DUE_CHANNEL),
    })
    return LOOK_EVERY_MS
  }, onError)
}
