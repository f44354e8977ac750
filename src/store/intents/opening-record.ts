import { usualWords } from '../../domain/decision/usual-words.ts'
import type { Reason } from '../../domain/intent.ts'
import type { RecordedDecision } from './intents.ts'

/*
 * The decision that opens an attempt is kept with every message that leaves. What nearly all of them have in common is not written: it comes
 * back when the record is read.
 */

const USUAL_FACTS: Readonly<Record<string, unknown>> = {
  sender: 'active',
  marketing: 'unknown',
  free_entry_point: 'none',
  attempts: 0,
}

/** The template that left in place of a message, as an expression over its attempt `a`. */
export const SUBSTITUTE = `a.decision -> 'facts' ->> 'template'`
/** The template that left, if one did: that of the message, or of its policy. Over a message's intent `i` and its attempt `a`. */
export const TEMPLATE_THAT_LEFT = `coalesce(i.message -> 'template' ->> 'name', ${SUBSTITUTE})`

/** What `attempts.decision` holds. */
export function toOpeningRecord({ reason, facts, ...rest }: RecordedDecision): object {
  const { text, ...why } = reason
  return {
    ...rest,
    reason: text === wordsOf(why, facts) ? why : reason,
    facts: Object.fromEntries(Object.entries(facts).filter(([name, value]) => USUAL_FACTS[name] !== value)),
  }
}

export function ofOpeningRecord(
  reason: Omit<Reason, 'text'> & { text?: string },
  facts: Record<string, unknown>,
): Pick<RecordedDecision, 'reason' | 'facts'> {
  const all = { ...USUAL_FACTS, ...facts }
  return { reason: { ...reason, text: reason.text ?? wordsOf(reason, all) ?? '' }, facts: all }
}

function wordsOf(
  { code }: Pick<Reason, 'code'>,
  { window_expires_at: expiresAt }: RecordedDecision['facts'],
): string | null {
  return usualWords(code, typeof expiresAt === 'string' ? expiresAt : null)
}
