import type { Said, SaidValues } from '../said.ts'
import { hint as hintOf } from './sentences.ts'

/* What is wrong with a document, and where. */

/** Names and indexes from the root of the document. */
export type Path = readonly (string | number)[]

export interface FlowProblem {
  severity: 'error' | 'warning'
  path: Path
  message: string
  /** What the message says, whatever the language. */
  code: string
  values: SaidValues
  /** What to do about it. */
  hint?: string
  hint_code?: string
  hint_values?: SaidValues
}

/** The same without its place. */
export function sayingOf({ text: message, code, values }: Said, hint?: Said): Omit<FlowProblem, 'severity' | 'path'> {
  if (hint === undefined) return { message, code, values }
  return { message, code, values, hint: hint.text, hint_code: hint.code, hint_values: hint.values }
}

export class Problems {
  readonly all: FlowProblem[] = []

  error(path: Path, said: Said, hint?: Said): void {
    this.#add('error', path, said, hint)
  }

  warn(path: Path, said: Said, hint?: Said): void {
    this.#add('warning', path, said, hint)
  }

  get errors(): FlowProblem[] {
    return this.all.filter(({ severity }) => severity === 'error')
  }

  get warnings(): FlowProblem[] {
    return this.all.filter(({ severity }) => severity === 'warning')
  }

  #add(severity: FlowProblem['severity'], path: Path, said: Said, hint?: Said): void {
    // A document of nothing but mistakes needs no longer list than anybody reads.
    if (this.all.length < 200) this.all.push({ severity, path, ...sayingOf(said, hint) })
  }
}

/** `steps[3].wait.until`. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? part : `${text}.${part}`
  }, '')
}

/** What was probably meant, as a hint. */
export function didYouMean(word: string, candidates: Iterable<string>): Said | undefined {
  const best = likest(word, candidates)
  return best === undefined ? undefined : hintOf('did_you_mean', { word: best })
}

/** The candidate that is spelled like it, if any is. */
export function likest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > 64) return undefined
  let best: string | undefined
  let least = Math.max(word.length > 3 ? 2 : 1, Math.floor(word.length / 3)) + 1
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance >= least) continue
    best = candidate
    least = distance
  }
  return best
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}
