import { SPRING_OFFER, templateMessage } from '../e2e/fixtures.ts'
import type { Person } from './cast.ts'
import type { Fleet } from './fleet.ts'
import { repeat } from './repeat.ts'
import { ACROSS, type Asked } from './verdict.ts'

/*
 * A producer as it should be: it repeats a request it got no answer to, under the same idempotency keys. What it asked for, and what may be
 * expected of that, is all that the oracle knows.
 */

/** As one API call; a kill meets several of them on their way. */
const BATCH = 50
const BEFORE_AN_ERASURE = 8
/** Longer than anything is away. */
const PATIENCE_MS = 90_000

export type Producer = ReturnType<typeof createProducer>

interface Wish extends Omit<Asked, 'intent'> {
  request: object
}

export function createProducer(fleet: Pick<Fleet, 'api' | 'sender'>, regulars: readonly Person[]) {
  const asked: Asked[] = []

  async function enqueue(wishes: readonly Wish[]): Promise<void> {
    for (let from = 0; from < wishes.length; from += BATCH) {
      const some = wishes.slice(from, from + BATCH)
      const entries = some.map(({ request, ...rest }): Asked => ({ ...rest, intent: null }))
      asked.push(...entries)
      const intents = some.map(({ key, request }) => ({ sender: fleet.sender, idempotency_key: key, ...request }))
      await repeat(async () => {
        const answer = await fleet.api('POST', '/v1/intents/batch', { intents })
        if (answer.status !== 200) return false
        const { results } = answer.body as { results: { id?: string }[] }
        results.forEach(({ id = null }, at) => {
          ;(entries[at] as Asked).intent = id
        })
        return results.every((result) => result.id !== undefined)
      }, PATIENCE_MS)
    }
  }

  return {
    asked: asked as readonly Asked[],

    /** Messages `from` to `to`: round-robin over the regulars, one in ten at most once, one in four of a lower priority. */
    produce(from: number, to: number, round: number): Promise<void> {
      const wishes = Array.from({ length: to - from }, (_, index): Wish => {
        const number = from + index
        const person = regulars[number % regulars.length] as Person
        const turn = Math.floor(number / regulars.length)
        const address = person.addresses[turn % person.addresses.length] as string
        return {
          key: `fault-${number}`,
          kind: 'message',
          person,
          orders: ordersOf(person, address, round),
          across: person.merge,
          request: {
            ...textTo(address, `Message ${number}`),
            priority: number % 4 === 0 ? 'transactional' : 'reply',
            delivery: number % 10 === 0 ? 'at_most_once' : 'at_least_once',
          },
        }
      })
      return enqueue(wishes)
    },

    /** So many at once that some are under way when the erasure comes. */
    burstTo(person: Person): Promise<void> {
      const [address] = person.addresses
      const wishes = Array.from({ length: BEFORE_AN_ERASURE }, (_, index): Wish => {
        const request = textTo(address, `To be erased ${index}`)
        return {
          key: `erased-${address}-${index}`,
          kind: 'to be erased',
          person,
          orders: [address],
          across: null,
          request,
        }
      })
      return enqueue(wishes)
    },

    /** Marketing to people who have opted out, under these of their ids. */
    offer(wanted: readonly { person: Person; address: string }[]): Promise<void> {
      const before = asked.length
      const wishes = wanted.map(({ person, address }, index): Wish => {
        const request = { to: recipientAt(address), message: templateMessage(SPRING_OFFER), priority: 'campaign' }
        return { key: `offer-${before + index}`, kind: 'offer', person, orders: [], across: null, request }
      })
      return enqueue(wishes)
    },
  }
}

/** Where nobody knows yet that two ids are of one person, each has an order of its own; and nobody knows which, while it is told. */
function ordersOf({ merge, addresses }: Person, address: string, round: number): string[] {
  if (merge === null) return [addresses[0]]
  if (round < merge.round) return [address, address + ACROSS]
  return round === merge.round ? [] : addresses.map((one) => one + ACROSS)
}

const recipientAt = (address: string) => (/^\d/.test(address) ? { wa_id: address } : { user_id: address })

function textTo(address: string, body: string) {
  return { to: recipientAt(address), message: { type: 'text', text: { body } }, when_closed: 'hold' }
}
