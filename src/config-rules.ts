import type { Name, Values } from './variables.ts'
import { SANDBOX } from './variables.ts'

/* What variables mean together: which are needed for what, and which contradict each other. */

/**
 * What the process is going to do, because not every mistake matters to every command: `start` and `api` serve
 * webhooks, `api` and `worker` share a database that must be there already, `tool` is every other command.
 */
export type Role = 'start' | 'api' | 'worker' | 'tool'

/**
 * Between the opening of an attempt and the end of its request lie two waits for a connection and the request itself, each as long as the
 * timeout at most. The slack covers the rest: old facts, the pauses between connecting again, recording the answer.
 */
const LEASE_TIMEOUTS = 3
const LEASE_SLACK_MS = 10_000

/** An attempt that is open for longer than this belongs to a worker that is gone; milliseconds. */
export function attemptLeaseMs(graphTimeoutMs: number): number {
  return LEASE_TIMEOUTS * graphTimeoutMs + LEASE_SLACK_MS
}

export interface Facts {
  readonly role: Role
  readonly values: Values
  /** Set, well-formed or not. */
  has(name: Name): boolean
}

export interface Rule {
  /** Variables whose values are looked at: the rule is skipped when one of them is malformed. */
  readonly needs: readonly Name[]
  broken(facts: Facts): boolean
  problem(facts: Facts): string
}

const servesWebhooks = ({ role }: Facts): boolean => role === 'start' || role === 'api'
const usesSandbox = ({ values, has }: Facts): boolean =>
  has('GRAPH_API_URL') ? values.GRAPH_API_URL === SANDBOX : !has('DATABASE_URL')

export const RULES: readonly Rule[] = [
  {
    needs: [],
    broken: ({ role, has }) => (role === 'api' || role === 'worker') && !has('DATABASE_URL'),
    problem: ({ role }) => `expected DATABASE_URL to be set for '${role}': only 'start' brings its own database`,
  },
  {
    needs: [],
    broken: ({ role, has }) => role !== 'tool' && has('DATABASE_URL') && !has('CASEMENT_SECRET'),
    problem: () =>
      'expected CASEMENT_SECRET to be set beside DATABASE_URL: 32 bytes as hex or base64, such as `openssl rand -hex 32` prints',
  },
  ...(['META_APP_SECRET', 'META_VERIFY_TOKEN'] as const).map((name) => ({
    needs: [],
    broken: (facts: Facts) => servesWebhooks(facts) && !usesSandbox(facts) && !facts.has(name),
    problem: () => `expected ${name} to be set: without the sandbox, webhooks come from Meta and must be verified`,
  })),
  {
    needs: ['PORT', 'SANDBOX_PORT'],
    broken: ({ values }) => sandboxPort(values) > 65_535,
    problem: () => 'expected SANDBOX_PORT to be set, since PORT + 1 is no port when PORT is 65535',
  },
  {
    needs: ['PORT', 'SANDBOX_PORT'],
    broken: ({ values }) => values.PORT !== 0 && sandboxPort(values) === values.PORT,
    problem: ({ values }) => `expected SANDBOX_PORT to be another port than PORT, got ${values.PORT} for both`,
  },
  {
    needs: ['PORT', 'SANDBOX_PORT', 'WEBHOOK_PORT'],
    broken: ({ values }) => !!values.WEBHOOK_PORT && [values.PORT, sandboxPort(values)].includes(values.WEBHOOK_PORT),
    problem: ({ values }) =>
      `expected WEBHOOK_PORT to be another port than PORT and SANDBOX_PORT, got ${values.WEBHOOK_PORT} again`,
  },
  {
    // Silence is judged from the start of the attempt, and until the lease is over its request may still be on its way.
    needs: ['DOUBT_GRACE_MS', 'GRAPH_TIMEOUT_MS'],
    broken: ({ values }) => values.DOUBT_GRACE_MS < attemptLeaseMs(values.GRAPH_TIMEOUT_MS),
    problem: ({ values }) =>
      `expected DOUBT_GRACE_MS to be at least ${attemptLeaseMs(values.GRAPH_TIMEOUT_MS)}, since an attempt may be under way for ` +
      `${LEASE_TIMEOUTS} times GRAPH_TIMEOUT_MS (${values.GRAPH_TIMEOUT_MS}) and ${LEASE_SLACK_MS} more, got ${values.DOUBT_GRACE_MS}`,
  },
  {
    needs: ['DOUBT_GRACE_MS', 'DOUBT_MAX_MS'],
    broken: ({ values }) => values.DOUBT_MAX_MS < values.DOUBT_GRACE_MS,
    problem: ({ values }) =>
      `expected DOUBT_MAX_MS to be at least DOUBT_GRACE_MS (${values.DOUBT_GRACE_MS}), got ${values.DOUBT_MAX_MS}`,
  },
]

/** Beside the API, if nothing else was said. */
export function sandboxPort(values: Values): number {
  return values.SANDBOX_PORT ?? (values.PORT === 0 ? 0 : values.PORT + 1)
}
