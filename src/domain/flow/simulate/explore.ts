import type { Condition } from '../../condition.ts'
import { type Instant, plus, SECOND_MS, toIso } from '../../time.ts'
import type { Program } from '../program.ts'
import { stepOf } from '../program.ts'
import type { Script, ScriptEvent } from './script.ts'
import { type Simulated, simulate } from './simulate.ts'
import type { TranscriptLine } from './transcript.ts'
import type { KnownTemplate } from './world.ts'

/*
 * All that a customer may make of a flow: at each wait they answer, tap, read, opt out, or keep silent, and the flow is played from its beginning
 * each time. What they might write is what conditions look for, and something else.
 */

export interface Ending {
  /** Null: it waits for something that nobody here can bring. */
  outcome: string | null
  /** How many ways lead there, of those that were played. */
  ways: number
  /** The shortest: what the customer did at each wait. */
  way: string[]
}

export interface Exploration {
  endings: Ending[]
  /** Messages that would not leave, and after what. */
  unsent: { step: string; why: string; way: string[] }[]
  /** Steps to which no way led. */
  unreached: string[]
  plays: number
  /** False: there are more ways than were played. */
  complete: boolean
}

export type Explored = { ok: true; value: Exploration } | Extract<Simulated, { ok: false }>

interface Way {
  events: ScriptEvent[]
  did: string[]
}

type Choice = { did: string; event: Omit<ScriptEvent, 'at' | 'after'> | null }

const PLAYS_MAX = 2_000
const WORDS_MAX = 6

/**
 * @param waits at which the customer decides; from there on they keep silent
 * @param mayGoOn asked before every look; what was not played by then is left out
 */
export function explore(
  program: Program,
  { start }: Script,
  templates: readonly KnownTemplate[] | null,
  waits: number,
  mayGoOn: () => boolean = () => true,
): Explored {
  const endings = new Map<string | null, Ending>()
  const unsent = new Map<string, Exploration['unsent'][number]>()
  const reached = new Set<string>()
  const open: Way[] = [{ events: [], did: [] }]
  let [plays, complete] = [0, true]
  for (let way = open.shift(); way; way = open.shift()) {
    const played = mayGoOn() ? simulate(program, { start, events: way.events }, templates, mayGoOn) : null
    // It may have been broken off, and is no way then.
    if (!mayGoOn() || played === null) {
      complete = false
      break
    }
    if (!played.ok) return played
    plays += 1
    const { transcript, ended } = played.value
    for (const { step } of transcript) if (step !== null) reached.add(step)
    const at = nthWait(transcript, way.did.length)
    const wait = transcript[at]
    if (wait && way.did.length < waits) {
      // What is sent later, where they keep silent, cannot be tapped yet.
      for (const { did, event } of choicesAt(program, start, wait, transcript.slice(0, at))) {
        const at = toIso(plus(Date.parse(wait.at) as Instant, SECOND_MS))
        // What is never played need not be kept.
        if (plays + open.length >= PLAYS_MAX) {
          complete = false
          break
        }
        const events = event === null ? way.events : [...way.events, { at, ...event } as ScriptEvent]
        open.push({ events, did: [...way.did, `${wait.step}: ${did}`] })
      }
      continue
    }
    for (const { what, step, why } of transcript) {
      if (what === 'not_sent' && step !== null && !unsent.has(step)) unsent.set(step, { step, why, way: way.did })
    }
    const outcome = ended?.outcome ?? null
    const known = endings.get(outcome)
    if (known) known.ways += 1
    else endings.set(outcome, { outcome, ways: 1, way: way.did })
  }
  const unreached = program.steps.flatMap(({ id }) => (reached.has(id) ? [] : [id]))
  const value = {
    endings: [...endings.values()],
    unsent: [...unsent.values()],
    unreached,
    plays,
    complete,
  }
  return { ok: true, value }
}

/** The place of a wait, or of a call; that of none, where it does not come to so many. */
function nthWait(transcript: readonly TranscriptLine[], nth: number): number {
  const waits = transcript.flatMap(({ what }, at) => (what === 'waits' || what === 'calls' ? [at] : []))
  return waits[nth] ?? transcript.length
}

function choicesAt(
  program: Program,
  start: Script['start'],
  { step: id }: TranscriptLine,
  transcript: readonly TranscriptLine[],
): Choice[] {
  const step = stepOf(program, id as string)
  if (step.verb === 'call') {
    // Kept fields are what texts and conditions make of them: nobody here can tell which there are.
    const answered: Choice = { did: 'is answered', event: { answered: step.id } as never }
    return [{ did: 'is not answered', event: null }, answered, { did: 'opts out', event: { opt_out: true } as never }]
  }
  const awaited = step.verb === 'wait' ? step.for : null
  const sent = [...new Set(transcript.flatMap(({ what, step: of }) => (what === 'sent' && of !== null ? [of] : [])))]
  const taps = sent.flatMap((of) => {
    const one = stepOf(program, of)
    const buttons = one.verb === 'send' ? [...one.taps.keys()] : []
    const waited = awaited?.kind === 'tap' && awaited.of === of ? awaited.buttons : []
    return [...new Set([...buttons, ...waited])].map(
      (tap): Choice => ({ did: `taps ${tap}`, event: { tap, of } as never }),
    )
  })
  const told = [...program.stops, ...(awaited ? [awaited] : [])].filter((one) => one.kind === 'event')
  return [
    { did: 'silent', event: null },
    ...wordsOf(program).map((reply): Choice => ({ did: `writes "${reply}"`, event: { reply } as never })),
    ...taps,
    ...(awaited && 'step' in awaited && sent.includes(awaited.step)
      ? [{ did: awaited.kind, event: { [awaited.kind]: awaited.step } as never }]
      : []),
    ...told.map(
      ({ name, where }): Choice => ({
        did: `event ${name}`,
        event: { event: { name, data: dataFor(where, start) } } as never,
      }),
    ),
    { did: 'opts out', event: { opt_out: true } as never },
  ]
}

/** What conditions compare an answer with, and something that none does. */
function wordsOf({ steps }: Program): string[] {
  const conditions = steps.flatMap((step) => [
    ...(step.if ? [step.if] : []),
    ...(step.verb === 'branch' ? step.cases.flatMap((one) => (one.if ? [one.if] : [])) : []),
  ])
  const words = conditions
    .filter(({ reads }) => reads.includes('reply.text'))
    .flatMap(({ source }) => [...source.matchAll(/"([^"\\]+)"|'([^'\\]+)'/g)].map(([, a, b]) => (a ?? b) as string))
  return [...new Set([...words.slice(0, WORDS_MAX), 'Hm'])]
}

/** `event.x == data.y` holds with the y that the run is started with. */
function dataFor(where: Condition | null, { data = {} }: Script['start']): Record<string, unknown> {
  const pairs = [...(where?.source ?? '').matchAll(/event\.(\w+) == data\.(\w+)/g)]
  return Object.fromEntries(pairs.map(([, of, field]) => [of, data[field as string]]))
}
