/* Why recipients were not reached, as an operator reads it, and for whom another try makes sense. */

interface Failure {
  hint: string
  /** Another try may reach them, and would reach nobody twice. */
  retryable: boolean
}

const FAILURES: Record<string, Failure> = {
  template_parameters: {
    hint: 'Their lines lack something that the text needs, or it does not fit. Correct the list, or give the column a default.',
    retryable: false,
  },
  template_unknown: { hint: 'Meta knew no such template. Create it, or sync the templates.', retryable: true },
  template_disabled: { hint: 'The template could not be sent any more. Use another.', retryable: true },
  recipient_unreachable: {
    hint: 'No WhatsApp at this number, or Meta could not deliver. Use another channel; they are tried again after the review.',
    retryable: false,
  },
  recipient_blocked: { hint: 'This business blocked them, or they blocked it.', retryable: false },
  window_closed: {
    hint: 'They had not written within 24 hours. A template goes at any time: say which with when_closed.',
    retryable: true,
  },
  graph_refused: {
    hint: "Meta refused the message; its code says why. What fits nobody's line fails again.",
    retryable: true,
  },
  attempts_exhausted: { hint: 'Meta failed again and again. Try again later.', retryable: true },
  unconfirmed: {
    hint: 'Nobody knows whether Meta has it. A second try may reach them twice, and has to be asked for.',
    retryable: false,
  },
  identity_changed: { hint: 'Their number is somebody else now.', retryable: false },
  expired: {
    hint: 'Its time was over before it could leave: behind a pause, a limit or a closed window.',
    retryable: true,
  },
}

const OTHER: Failure = { hint: 'See the recipients for what happened.', retryable: false }

export function failureOf(code: string): Failure {
  return FAILURES[code] ?? OTHER
}

/** What a retry may name: what failed or expired, unless a second try might reach somebody twice, or somebody who is not to be reached. */
export function mayRetry(code: string, includeUnconfirmed: boolean): boolean {
  if (code === 'unconfirmed') return includeUnconfirmed
  return code in FAILURES && code !== 'recipient_blocked' && code !== 'identity_changed'
}

export const RETRY_REASONS = Object.keys(FAILURES).filter((code) => mayRetry(code, true))
