/* Which step leads where, from a flow's document as the API has it. Pure. */

export interface Edge {
  /** A step; the start: `START`. */
  from: string
  /** A step, or what the run ends as. */
  to: string
  ends: boolean
  /** By what it goes there, as the document says it; empty: nothing is asked. */
  by: string
}

/** No step is called so: names have no spaces. */
export const START = 'the start'
/** What a run ends as that falls off the last step. */
const FINISHED = 'finished'

type Written = Record<string, unknown>
type Exit = Pick<Edge, 'to' | 'ends'>

export function edgesOf(document: Record<string, unknown>): Edge[] {
  const steps = Array.isArray(document.steps) ? document.steps.map(recordOf) : []
  const first = steps[0] === undefined ? [] : [{ from: START, to: idOf(steps[0]), ends: false, by: '' }]
  return [...first, ...steps.flatMap((step, index) => exitsOf(step, belowOf(steps, index)))]
}

function exitsOf(step: Written, below: Exit): Edge[] {
  const from = idOf(step)
  const next = exitIn(step) ?? below
  const isSkipped = typeof step.if === 'string'
  const found = [...waysOf(step, next), ...(isSkipped ? [{ ...below, by: 'if not' }] : [])]
  // Two ways to one place are one line.
  const byPlace = Map.groupBy(found, ({ to, ends }) => `${ends} ${to}`)
  return [...byPlace.values()].flatMap((ways) => {
    const by = [...new Set(ways.map((way) => way.by).filter(Boolean))].join(' · ')
    return ways.slice(0, 1).map(({ to, ends }) => ({ from, to, ends, by }))
  })
}

function waysOf(step: Written, next: Exit): (Exit & { by: string })[] {
  if ('send' in step) {
    const taps = namedExits(recordOf(step.send).tap)
    return [...thenOf(step, next), ...taps, ...otherwiseOf(step)]
  }
  if ('call' in step) return [...thenOf(step, next), ...otherwiseOf(step)]
  if ('wait' in step) {
    const wait = recordOf(step.wait)
    if (!('for' in wait)) return [{ ...next, by: '' }]
    const isLimited = 'until' in wait || 'up_to' in wait
    const over = otherwiseOf(step)
    return [...thenOf(step, next), ...(over.length > 0 || !isLimited ? over : [{ ...next, by: 'otherwise' }])]
  }
  if (Array.isArray(step.branch)) {
    const cases = step.branch.map(recordOf)
    const ways = cases.map((one) => {
      const isLast = 'otherwise' in one
      return {
        ...((isLast ? exitIn(recordOf(one.otherwise)) : exitIn(one)) ?? next),
        by: isLast ? 'otherwise' : String(one.if),
      }
    })
    return cases.some((one) => 'otherwise' in one) ? ways : [...ways, { ...next, by: '' }]
  }
  return [{ ...next, by: '' }]
}

/** A step, or one for each of several answers. */
function thenOf({ then }: Written, next: Exit): (Exit & { by: string })[] {
  if (typeof then === 'string') return [{ to: then, ends: false, by: 'then' }]
  return then === undefined ? [{ ...next, by: '' }] : namedExits(then)
}

function otherwiseOf({ otherwise }: Written): (Exit & { by: string })[] {
  return typeof otherwise === 'string' ? [{ to: otherwise, ends: false, by: 'otherwise' }] : []
}

function namedExits(given: unknown): (Exit & { by: string })[] {
  return Object.entries(recordOf(given)).map(([by, to]) => ({ to: String(to), ends: false, by }))
}

function exitIn({ next, end }: Written): Exit | null {
  if (typeof next === 'string') return { to: next, ends: false }
  return typeof end === 'string' ? { to: end, ends: true } : null
}

function belowOf(steps: readonly Written[], index: number): Exit {
  const below = steps[index + 1]
  return below === undefined ? { to: FINISHED, ends: true } : { to: idOf(below), ends: false }
}

function idOf({ id }: Written): string {
  return String(id)
}

function recordOf(value: unknown): Written {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Written) : {}
}
