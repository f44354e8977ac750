import type { Harness, IntentJson } from '../support/harness.ts'
import { eventually } from '../support/signals.ts'
import { ORDER_UPDATE, templateMessage } from './fixtures.ts'

/** A template to somebody new that meets a fault of the sandbox, once or as often as the fault says. */
export async function meeting(casement: Harness, fault: object): Promise<{ customer: string; id: string }> {
  const customer = casement.stranger()
  casement.sandbox.addFault({ ...fault, match: { to: customer } } as never)
  const { id } = await casement.enqueue({ to: `+${customer}`, message: templateMessage(ORDER_UPDATE) })
  return { customer, id }
}

/** Nobody waits for a back-off: what waits for its next attempt is due now. Answers the intent once it is in one of the states. */
export function hurried(casement: Harness, id: string, ...states: string[]): Promise<IntentJson> {
  return eventually(
    async () => {
      await casement.query(
        `with hurried as (update intents set due_at = now() where id = $1 and due_at > now() returning id)
         select pg_notify('casement_due', '') from hurried`,
        [id],
      )
      const seen = await casement.intent(id)
      return states.includes(seen.state) ? seen : false
    },
    { timeoutMs: 20_000 },
  )
}
