import { foldWord } from '../words.ts'
import type { FlowTrigger, Program } from './program.ts'

/*
 * Which flows of a workspace may begin by something, without asking each of them: a look-up in a few maps, however many there are. Whether one
 * does begin is told by its triggers themselves (start.ts); what is found here may be too much and is never too little.
 */

export interface ActiveFlow {
  id: number
  name: string
  version: number
  program: Program
}

interface Heard {
  /** Typed, or the label of a button. */
  text: string
  payload: string | null
  ad: boolean
}

export class FlowMatcher {
  readonly flows: readonly ActiveFlow[]
  readonly #texts = new Map<string, ActiveFlow[]>()
  readonly #payloads = new Map<string, ActiveFlow[]>()
  /** By the first character. */
  readonly #prefixes = new Map<string, ActiveFlow[]>()
  readonly #ads: ActiveFlow[] = []
  readonly #any: ActiveFlow[] = []
  readonly #named = new Map<string, ActiveFlow[]>()
  readonly #hasAlways: boolean

  constructor(flows: readonly ActiveFlow[]) {
    this.flows = flows
    this.#hasAlways = flows.some(({ program }) => program.triggers.some(isAlways))
    for (const flow of flows) for (const trigger of flow.program.triggers) this.#add(flow, trigger)
  }

  #add(flow: ActiveFlow, trigger: FlowTrigger): void {
    if (trigger.kind !== 'inbound') put(this.#named, `${trigger.kind} ${nameOf(trigger)}`, flow)
    else if (trigger.from === 'ad') this.#ads.push(flow)
    else if (trigger.payload !== null) put(this.#payloads, trigger.payload, flow)
    else if (trigger.any) this.#any.push(flow)
    else if (trigger.prefix !== null) put(this.#prefixes, foldWord(trigger.prefix).slice(0, 1), flow)
    else for (const text of trigger.texts) put(this.#texts, foldWord(text), flow)
  }

  /** Oldest first. */
  byInbound({ text, payload, ad }: Heard): ActiveFlow[] {
    if (this.flows.length === 0) return []
    const folded = foldWord(text)
    const found = [
      ...(payload === null ? [] : (this.#payloads.get(payload) ?? [])),
      ...(folded === '' ? [] : (this.#texts.get(folded) ?? [])),
      ...(folded === '' ? [] : (this.#prefixes.get(folded.slice(0, 1)) ?? [])),
      ...(ad ? this.#ads : []),
      ...this.#any,
    ]
    return found.length < 2 ? found : [...new Set(found)].toSorted((a, b) => a.id - b.id)
  }

  byEvent(name: string): ActiveFlow[] {
    return this.#named.get(`event ${name}`) ?? []
  }

  byAttribute(name: string): ActiveFlow[] {
    return this.#named.get(`attribute ${name}`) ?? []
  }

  byTap(template: string): ActiveFlow[] {
    return this.#named.get(`tapped ${template}`) ?? []
  }

  byCampaign(name: string): ActiveFlow[] {
    return this.#named.get(`campaign ${name}`) ?? []
  }

  /** Some flow begins by a tap on a template's button, so it is worth to look up whose button it is. */
  get hasTaps(): boolean {
    return [...this.#named.keys()].some((key) => key.startsWith('tapped '))
  }

  /** Some flow begins by a message also where a run waits for it. */
  get hasAlways(): boolean {
    return this.#hasAlways
  }

  get byClosingWindow(): ActiveFlow[] {
    return this.#named.get('window_closing ') ?? []
  }
}

function isAlways(trigger: FlowTrigger): boolean {
  return (trigger.kind === 'inbound' || trigger.kind === 'tapped') && trigger.always
}

function nameOf(trigger: Exclude<FlowTrigger, { kind: 'inbound' }>): string {
  switch (trigger.kind) {
    case 'event':
    case 'attribute':
      return trigger.name
    case 'tapped':
      return trigger.template
    case 'campaign':
      return trigger.campaign
    default:
      return ''
  }
}

function put(map: Map<string, ActiveFlow[]>, key: string, flow: ActiveFlow): void {
  const known = map.get(key)
  if (!known) map.set(key, [flow])
  else if (!known.includes(flow)) known.push(flow)
}
