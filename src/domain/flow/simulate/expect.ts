import type { Expectation } from './script.ts'
import type { TranscriptLine } from './transcript.ts'

/* What had to come, against what came. Every message, call, hand-over and end is told; what was set only where it is asked for. */

export function differences(expected: readonly Expectation[], transcript: readonly TranscriptLine[]): string[] {
  const asksSet = expected.some((one) => 'set' in one)
  const asksNotSent = expected.some((one) => 'not_sent' in one)
  const told = new Set([
    'sent',
    'calls',
    'handed_over',
    'ended',
    ...(asksSet ? ['set'] : []),
    ...(asksNotSent ? ['not_sent'] : []),
  ])
  const came = transcript.filter(({ what }) => told.has(what))
  const diff: string[] = []
  for (let i = 0; i < Math.max(expected.length, came.length); i++) {
    const want = expected[i]
    const line = came[i]
    if (want === undefined && line) diff.push(`+ ${describe(line)}, which nothing of expect names`)
    else if (want && line === undefined) diff.push(`- ${JSON.stringify(want)}: nothing more happened`)
    else if (want && line) diff.push(...compare(want, line))
  }
  return diff
}

function compare(want: Expectation, line: TranscriptLine): string[] {
  const actual = factsOf(line)
  const wrong = Object.entries(want).filter(([key, value]) => !fits(key, value, actual[key]))
  if (wrong.length === 0) return []
  return [`- ${JSON.stringify(want)}`, `+ ${describe(line)}`]
}

/** A text and a reason need only be a part; a time may be written in any way that is a part of the local one or of the instant. */
function fits(key: string, want: unknown, actual: string | undefined): boolean {
  if (actual === undefined) return false
  if (key === 'text' || key === 'why' || key === 'at' || key === 'set') return actual.includes(String(want))
  return actual === want
}

function factsOf({ what, step, as, price, text, why, at, local }: TranscriptLine): Record<string, string | undefined> {
  const times = `${at} ${local}`
  const head = (why.split(':')[0] ?? '').trim()
  switch (what) {
    case 'sent':
      return { sent: step ?? '', as, cost: price, text, at: times }
    case 'not_sent':
      return { not_sent: step ?? '', why }
    case 'calls':
      return { called: step ?? '', text, at: times }
    case 'handed_over':
      return { handed_over: head }
    case 'set':
      return { set: why }
    default:
      return { end: head, at: times }
  }
}

function describe(line: TranscriptLine): string {
  const facts = Object.entries(factsOf(line)).filter(([key, value]) => value !== undefined && key !== 'at')
  return `${line.local} ${facts.map(([key, value]) => `${key}: ${value}`).join(', ')}`
}
