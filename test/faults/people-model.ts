import { numberKey } from '../../src/domain/identity.ts'
import type { IntentId } from '../../src/domain/ids.ts'

/*
 * What is known of people by what was promised and nothing else: which ids are one person's, what they wished, what was accepted for them.
 */

export interface Human {
  /** Under which they write now. */
  number: string
  bsuid: string
  ids: Set<string>
}

export type Deed =
  | { kind: 'enqueue'; to: 'long' | 'short' | 'bsuid'; how: 'ours' | "caller's" }
  | { kind: 'write'; by: 'long' | 'short' | 'bsuid' | 'both'; body: 'Hello' | 'STOP' }
  | { kind: 'consent'; of: 'long' | 'bsuid'; state: 'in' | 'out' }
  | { kind: 'tell' | 'change number' | 'hold' }
  | { kind: 'send'; answer: 'taken' | 'not now' }
  | { kind: 'status'; word: 'sent' | 'delivered' | 'read' }
  | { kind: 'echo' }
  | { kind: 'erase'; by: 'long' | 'bsuid' }

let next = 0
export const numberOf = () => `55119${String(80_000_000 + ++next)}`
export const bsuidOf = () => `BR.${String(++next).padStart(16, '9')}`
export const keyOf = (id: string) => (/^\d/.test(id) ? numberKey(id) : id)

export class Model {
  readonly humans: Human[] = [0, 1].map(() => {
    const [number, bsuid] = [numberOf(), bsuidOf()]
    return { number, bsuid, ids: new Set([number, bsuid]) }
  })
  readonly accepted = new Map<IntentId, Human>()
  /** Which ids are proved to be one person's; of ids that are none of these nothing is known. */
  private readonly groups: Set<string>[] = []
  private readonly wishes = new Map<string, { out: boolean; at: number }>()
  private clock = 0
  private readonly asked = new Map<IntentId, { address: string; at: number; one: Set<string> }>()
  private parted: Set<string>[] = []

  groupOf(id: string): Set<string> {
    return this.groups.find((group) => group.has(id)) ?? new Set([id])
  }

  /** Which ids went with this one when it was erased last. */
  erasedWith(id: string): Set<string> {
    return this.parted.find((group) => group.has(id)) ?? new Set([id])
  }

  /** What is asked for at the same time has no order, and what goes to several ids has one from when they are proved to be one's. */
  ask(id: IntentId, human: Human, address: string): void {
    this.accepted.set(id, human)
    this.asked.set(id, { address, at: this.clock, one: new Set(this.groupOf(address)) })
  }

  /** Of what was sent in this order, what left before an older one of the same person. */
  inversions(sent: readonly IntentId[]): string[] {
    const known = sent.flatMap((id) => {
      const asked = this.asked.get(id)
      return asked ? [{ id, ...asked }] : []
    })
    return known.flatMap((first, at) =>
      known
        .slice(at + 1)
        .filter((later) => later.at < first.at && first.one.has(later.address))
        .map((later) => `${first.id} before ${later.id}`),
    )
  }

  tick(): void {
    this.clock += 1
  }

  join(...ids: string[]): void {
    const all = new Set(ids.flatMap((id) => [...this.groupOf(id)]))
    for (const group of this.groups.filter((one) => [...one].some((id) => all.has(id)))) {
      this.groups.splice(this.groups.indexOf(group), 1)
    }
    this.groups.push(all)
  }

  /** Whoever is erased begins anew; answers nothing of what was proved before. */
  part(human: Human): void {
    this.parted = this.groups.map((group) => new Set(group))
    for (const group of this.groups.filter((one) => [...one].some((id) => human.ids.has(id)))) {
      this.groups.splice(this.groups.indexOf(group), 1)
    }
  }

  wish(id: string, out: boolean): void {
    for (const one of this.groupOf(id)) this.wishes.set(one, { out, at: this.clock })
  }

  /** They said no, and nothing else since, nor at the same time. */
  saidNo(id: string): boolean {
    const wishes = [...this.groupOf(id)].flatMap((one) => this.wishes.get(one) ?? [])
    const newest = Math.max(...wishes.map((wish) => wish.at))
    const last = wishes.filter((wish) => wish.at === newest)
    return last.length > 0 && last.every((wish) => wish.out)
  }

  /** Writes down for each id by itself what counts for all of them, also that a later yes took back what another had said. */
  settleWishes(human: Human): void {
    const wished = [...human.ids].filter((id) => [...this.groupOf(id)].some((one) => this.wishes.has(one)))
    const verdicts = wished.map((id) => [id, this.saidNo(id)] as const)
    for (const [id, out] of verdicts) this.wishes.set(id, { out, at: this.clock })
  }
}

export interface Done {
  human: Human
  deed: Deed
  /** Of a consent, an erasure and a telling: whether there was somebody. */
  did: boolean
}

/** What the deeds of a burst prove, in whatever order they came. */
export function conclude(model: Model, done: Done[]): void {
  model.tick()
  for (const human of model.humans) {
    const own = done.filter((one) => one.human === human)
    const erased = own.some(({ deed, did }) => deed.kind === 'erase' && did)
    const joins = own.flatMap(({ deed, did }): string[][] => {
      if (deed.kind === 'write' && deed.by === 'both') return [[human.number, human.bsuid]]
      if (deed.kind === 'tell' && did) return [[human.number, human.bsuid]]
      return []
    })
    // Whoever is erased while they are proved to be one may be met again as two.
    if (!erased) for (const ids of joins) model.join(...ids)
    const wishes = own.flatMap(({ deed, did }): [string[], boolean][] => {
      if (deed.kind === 'write' && deed.body === 'STOP') {
        const by = deed.by === 'bsuid' ? [human.bsuid] : [human.number]
        return [[deed.by === 'both' ? [human.number, human.bsuid] : by, true]]
      }
      if (deed.kind === 'consent' && did)
        return [[[deed.of === 'bsuid' ? human.bsuid : human.number], deed.state === 'out']]
      return []
    })
    const agreed = wishes.every(([, out]) => out)
    for (const [ids, out] of wishes) for (const id of ids) model.wish(id, out && agreed)
    if (erased) {
      model.settleWishes(human)
      model.part(human)
    }
  }
}
