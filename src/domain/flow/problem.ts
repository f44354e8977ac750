/* What is wrong with a document, and where. */

/** Names and indexes from the root of the document. */
export type Path = readonly (string | number)[]

export interface FlowProblem {
  severity: 'error' | 'warning'
  path: Path
  message: string
  /** What to do about it. */
  hint?: string
}

export class Problems {
  readonly all: FlowProblem[] = []

  error(path: Path, message: string, hint?: string): void {
    this.#add('error', path, message, hint)
  }

  warn(path: Path, message: string, hint?: string): void {
    this.#add('warning', path, message, hint)
  }

  get errors(): FlowProblem[] {
    return this.all.filter(({ severity }) => severity === 'error')
  }

  get warnings(): FlowProblem[] {
    return this.all.filter(({ severity }) => severity === 'warning')
  }

  #add(severity: FlowProblem['severity'], path: Path, message: string, hint?: string): void {
    // A document of nothing but mistakes needs no longer list than anybody reads.
    if (this.all.length < 200) this.all.push({ severity, path, message, ...(hint ? { hint } : {}) })
  }
}

/** `steps[3].wait.until`. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? part : `${text}.${part}`
  }, '')
}

/** The candidate that was probably meant, as a hint. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > 64) return undefined
  let best: string | undefined
  let least = Math.max(word.length > 3 ? 2 : 1, Math.floor(word.length / 3)) + 1
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance >= least) continue
    best = candidate
    least = distance
  }
  return best === undefined ? undefined : `did you mean "${best}"?`
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
