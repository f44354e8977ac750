import type pg from 'pg'
import type { Person } from './cast.ts'
import type { Fleet } from './fleet.ts'
import type { Producer } from './producer.ts'
import { repeat } from './repeat.ts'

/*
 * What happens to people in a round, begun before the kill and awaited after it: they turn out to be one, do not want to be offered
 * anything any more, or are erased. Each is over when Casement has acknowledged it, for only from then on it owes something.
 */

/** Longer than webhooks are repeated after an outage, and than an erasure waits for what is under way. */
const PATIENCE_MS = 120_000

export interface HappeningsDeps {
  fleet: Pick<Fleet, 'api' | 'sandbox' | 'sender'>
  database: pg.Pool
  producer: Producer
  people: readonly Person[]
}

export type Happenings = ReturnType<typeof happenings>

export function happenings({ fleet, database, producer, people }: HappeningsDeps) {
  const phone = (person: Person, action: string, body: object) =>
    fleet.sandbox('POST', `/sandbox/customers/${person.phone.wa_id}/${action}`, {
      phone_number_id: fleet.sender,
      ...body,
    })
  const seen = (query: string, values: unknown[]) =>
    repeat(async () => (await database.query(query, values)).rows[0]?.seen === true, PATIENCE_MS, 50)

  async function merge(person: Person): Promise<void> {
    const told = person.merge
    if (told === null) return
    const [current, other] = person.addresses
    told.toldAt = Date.now()
    if (told.kind === 'changes their number') {
      await phone(person, 'change-number', { wa_id: other })
      person.phone.wa_id = other as string
    } else {
      await fleet.sandbox('PATCH', `/sandbox/customers/${current}`, { phone_hidden: false })
    }
    await phone(person, 'say', { text: 'It is me.' })
    await seen(
      `select count(distinct contact_id) = 1 and count(distinct value) = 2 as seen from contact_identities where value = any ($1)`,
      [person.addresses],
    ).catch((cause: Error) => {
      throw new Error(`${person.addresses.join(' and ')} did not become one person`, { cause })
    })
    told.seenAt = Date.now()
  }

  async function optOut(person: Person): Promise<void> {
    const { optOut: wish, addresses } = person
    if (wish === null) return
    if (wish.how === 'by a word') await phone(person, 'say', { text: 'STOP' })
    else {
      const consent = { category: 'marketing', state: 'out' }
      await repeat(
        async () => (await fleet.api('POST', `/v1/contacts/${addresses[0]}/consent`, consent)).status === 200,
        PATIENCE_MS,
      )
    }
    await seen(
      `select c.marketing = 'out' as seen from contacts c join contact_identities i on i.contact_id = c.id where i.value = $1`,
      [addresses[0]],
    )
    wish.acknowledged = true
  }

  async function erase(person: Person): Promise<void> {
    const { erasure, addresses } = person
    if (erasure === null) return
    await producer.burstTo(person)
    // A second request finds nobody where the answer to the first was lost.
    await repeat(
      async () => [202, 404].includes((await fleet.api('DELETE', `/v1/contacts/${addresses[0]}`)).status),
      PATIENCE_MS,
    )
    await seen(
      `select not exists (select from jobs where state = 'running') and not exists (
         select from contact_identities where value = $1) as seen`,
      [addresses[0]],
    )
    erasure.endedAt = Date.now()
  }

  const offered = new Map<Person, number>()

  return {
    /** Resolves when all that begins in this round is acknowledged. */
    async inRound(round: number): Promise<void> {
      const begun = [
        ...people.filter((person) => person.optOut?.round === round).map(optOut),
        ...people.filter((person) => person.merge?.round === round).map(merge),
        ...people.filter((person) => person.erasure?.round === round).map(erase),
      ]
      await Promise.all(begun)
    },

    /** Offers go to whoever has opted out, under every id that is known to be theirs by now, and also after their erasure. */
    async offerInVain(): Promise<void> {
      const wanted = people.filter(
        ({ optOut, erasure }) => optOut?.acknowledged && (erasure === null || erasure.endedAt > 0),
      )
      const known = wanted.flatMap((person) => {
        const addresses = person.merge?.seenAt === 0 ? person.addresses.slice(0, 1) : person.addresses
        if ((offered.get(person) ?? 0) >= addresses.length) return []
        offered.set(person, addresses.length)
        return addresses.map((address) => ({ person, address }))
      })
      await producer.offer(known)
    },

    /** A window that Meta said was closed, because a number had been left already, opens again. */
    async writeOnceMore(): Promise<void> {
      await Promise.all(
        people.filter(({ merge }) => merge !== null).map((person) => phone(person, 'say', { text: 'Still me.' })),
      )
    },
  }
}
