import fc from 'fast-check'
import { seededRandom } from './random.ts'
import { otherScript } from './webhook-account-scripts.ts'
import { payloadOf, type WebhookItem } from './webhook-items.ts'
import {
  AWAITED,
  awaitedScript,
  MESSAGES,
  messageScript,
  PEOPLE,
  personScript,
  type SentMessage,
} from './webhook-scripts.ts'

/*
 * A week of webhooks in the order in which things happened, and the same as it may arrive. Everything has a stamp of its own, for Meta's
 * stamps are the only order there is.
 */

export interface ScriptedMessage extends SentMessage {
  /** Unix seconds; before any of its statuses. */
  startedAt: number
}

export interface History {
  /** Unix seconds; before everything else. */
  beganAt: number
  messages: ScriptedMessage[]
  /** Of `AWAITED`, by index: whether an invitation to write is out. */
  invited: boolean[]
  items: WebhookItem[]
}

/** The week ends an hour ago. Nothing is near the age at which a window closes, for the test itself takes time. */
function stampOf(place: number, of: number, nowS: number): number {
  const [week, day, hour] = [7 * 86_400, 86_400, 3_600]
  const early = Math.floor(of * 0.7)
  if (place < early) return nowS - week + Math.floor((place / early) * (week - day - 2 * hour))
  return nowS - day + 3 * hour + Math.floor(((place - early) / (of - early)) * (day - 4 * hour))
}

/** @param nowS Unix seconds */
export function histories(nowS: number): fc.Arbitrary<History> {
  return fc
    .record({
      sent: fc.tuple(...Array.from({ length: MESSAGES }, (_, index) => messageScript(index))),
      met: fc.tuple(...PEOPLE.map((_, index) => personScript(index))),
      awaited: fc.tuple(...AWAITED.map((_, index) => awaitedScript(index))),
      rest: fc.array(otherScript, { minLength: 10, maxLength: 24 }),
    })
    .map(({ sent, met, awaited, rest }) => {
      const scripted = [...sent, ...met, ...awaited, ...rest]
        .flatMap((script) => script.events.map((event) => ({ ...event, script })))
        .sort((a, b) => a.when - b.when)
      const firstAt = new Map<unknown, number>()
      const items = scripted.map(({ item, script }, place) => {
        const at = stampOf(place, scripted.length, nowS)
        if (!firstAt.has(script)) firstAt.set(script, at)
        return item(at)
      })
      return {
        beganAt: stampOf(0, scripted.length, nowS) - 1,
        items,
        invited: awaited.map(({ about }) => about.invited),
        messages: sent.map((script) => ({ ...script.about, startedAt: (firstAt.get(script) ?? nowS) - 1 })),
      }
    })
}

/** What the appliers cannot read, and what they can but find nothing in. */
const NO_JSON = ['<html>', '', '{"entry":']
const EMPTY = ['null', '[]', '{"entry":7}', '{"entry":[null,{"changes":[{"value":[]}]}]}', '{"entry":[{"changes":7}]}']

export interface Arrival {
  payloads: string[]
  unreadable: number
}

/** Every item one to three times, in any order, in payloads of any size, with garbage between them. */
export function scrambled(items: readonly WebhookItem[], seed: number): Arrival {
  const { below, next, pick } = seededRandom(seed)
  const shuffled = <T>(list: readonly T[]) =>
    list
      .map((item) => ({ item, place: next() }))
      .sort((a, b) => a.place - b.place)
      .map(({ item }) => item)
  const copies = shuffled(items.flatMap((item) => Array.from({ length: 1 + below(3) }, () => item)))
  const payloads: string[] = []
  while (copies.length > 0) payloads.push(payloadOf(copies.splice(0, 1 + below(8))))
  const garbage = Array.from({ length: below(4) }, () => pick([...NO_JSON, ...EMPTY]))
  return {
    payloads: shuffled([...payloads, ...garbage]),
    unreadable: garbage.filter((one) => NO_JSON.includes(one)).length,
  }
}
