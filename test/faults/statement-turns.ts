import type pg from 'pg'
import type { Postgres } from '../../src/store/pg/postgres.ts'
import type { Random } from './random.ts'

/*
 * Work that is done side by side, one statement at a time, in an order that a seed chooses. Every statement of every work waits for its
 * turn. Who is given the turn goes on until its next statement; or is blocked, by a lock that another holds, and then another is given the
 * next turn. A work that is slow and not blocked is passed by in the same way, so nothing depends on how busy the machine is, but the order.
 *
 * Works have ranks by chance; the first that can goes on, and now and then falls behind all others in the middle of what it does. So one
 * that takes two statements meets one that takes fifty anywhere in it, which turns by lot at every statement hardly ever bring about.
 * Source: Burckhardt et al., A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs (ASPLOS 2010).
 */

/** How often who has the turn falls behind. */
const FALLS_BEHIND = 0.1

/** Longer than a statement takes that is not blocked; milliseconds. */
const BLOCKED_AFTER_MS = 12

export interface Turns {
  /** A database whose statements wait for their turn, each work of this name in its own row. */
  of(work: string): Postgres
  /** Does all of it; rejects with the first error once all are through. */
  run(works: Record<string, (postgres: Postgres) => Promise<unknown>>): Promise<void>
  /** Statements in the order in which they were let go, to tell what happened. */
  readonly log: readonly string[]
}

export function statementTurns(postgres: Postgres, random: Random): Turns {
  const waiting: { work: string; text: string; go: () => void }[] = []
  const log: string[] = []
  const ranks = new Map<string, number>()
  let arrived: (work: string) => void = () => {}
  let fallen = 0

  const rankOf = (work: string): number => {
    const rank = ranks.get(work) ?? random.next()
    ranks.set(work, rank)
    return rank
  }

  function first() {
    const best = Math.max(...waiting.map(({ work }) => rankOf(work)))
    const at = waiting.findIndex(({ work }) => rankOf(work) === best)
    const [next] = waiting.splice(at, 1)
    if (next && random.next() < FALLS_BEHIND) ranks.set(next.work, -++fallen)
    return next
  }

  function turn(work: string, statement: unknown): Promise<void> {
    return new Promise((go) => {
      waiting.push({ work, text: textOf(statement), go })
      arrived(work)
    })
  }

  const gated = <T extends { query(...args: never[]): unknown }>(target: T, work: string): T =>
    new Proxy(target, {
      get(on, name) {
        const value = Reflect.get(on, name) as unknown
        if (name === 'connect') {
          return async () => gated((await (on as unknown as pg.Pool).connect()) as unknown as T, work)
        }
        if (typeof value !== 'function') return value
        if (name !== 'query') return value.bind(on)
        return async (...args: unknown[]) => {
          await turn(work, args[0])
          return Reflect.apply(value, on, args)
        }
      },
    })

  function of(work: string): Postgres {
    return { ...postgres, pool: gated(postgres.pool as never, work) }
  }

  return {
    of,
    log,
    async run(works) {
      let left = Object.keys(works).length
      const all = Promise.allSettled(
        Object.entries(works).map(([work, doIt]) =>
          doIt(of(work)).finally(() => {
            left -= 1
            arrived(work)
          }),
        ),
      )
      while (left > 0) {
        if (waiting.length > 0) {
          const next = first()
          log.push(`${next?.work}: ${next?.text}`)
          const news = new Promise<void>((resolve) => {
            arrived = (work) => {
              if (work === next?.work) resolve()
            }
          })
          next?.go()
          await either(news, BLOCKED_AFTER_MS)
        } else {
          await new Promise<void>((resolve) => {
            arrived = () => resolve()
            if (waiting.length > 0 || left === 0) resolve()
          })
        }
      }
      const failed = (await all).find((one) => one.status === 'rejected')
      if (failed) throw failed.reason
    },
  }
}

async function either(news: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const passed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([news, passed])
  clearTimeout(timer)
}

function textOf(statement: unknown): string {
  const text = typeof statement === 'string' ? statement : String((statement as { text?: unknown } | null)?.text ?? '')
  return text.replace(/\s+/g, ' ').trim().slice(0, 90)
}
