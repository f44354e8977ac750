import { isLoopback, isNearby } from './hosts.ts'
import { environment, SECRETS, type Values } from './variables.ts'

/** What is accepted and yet likely to be a mistake. `names`: of everything in the environment. */
export function warningsAbout(values: Values, names: readonly string[]): string[] {
  const ours = [...Object.keys(environment.shape), ...SECRETS.map((name) => `${name}_FILE`)].filter((name) =>
    name.startsWith('CASEMENT_'),
  )
  const warnings = names
    .filter((name) => name.startsWith('CASEMENT_') && !ours.includes(name))
    .map((name) => `${name} is not a variable of Casement and has no effect; known are ${ours.join(', ')}`)
  if (values.META_APP_SECRET?.some((one) => one.length < LONG_ENOUGH.META_APP_SECRET)) {
    warnings.push(weak('META_APP_SECRET', 'whoever guesses it can open windows and forge what customers say'))
  }
  if (values.META_VERIFY_TOKEN && values.META_VERIFY_TOKEN.length < LONG_ENOUGH.META_VERIFY_TOKEN) {
    warnings.push(weak('META_VERIFY_TOKEN', 'take what `openssl rand -hex 16` prints'))
  }
  if (values.WINDOW_MARGIN_MS < values.GRAPH_TIMEOUT_MS) {
    warnings.push(
      `WINDOW_MARGIN_MS (${values.WINDOW_MARGIN_MS}) is shorter than GRAPH_TIMEOUT_MS (${values.GRAPH_TIMEOUT_MS}): ` +
        'a slow send may land after the customer service window has closed',
    )
  }
  if (!isLoopback(values.SANDBOX_HOST)) {
    warnings.push(
      'SANDBOX_HOST is not the loopback: whoever reaches the sandbox plays the customers and moves its clock',
    )
  }
  const graph = URL.parse(values.GRAPH_API_URL ?? '')
  if (graph?.protocol === 'http:' && !isNearby(graph.hostname)) {
    warnings.push('GRAPH_API_URL is http: access tokens and messages travel readable by everybody on the way')
  }
  return warnings
}

/** Characters, below which it is told that they might be guessed. */
const LONG_ENOUGH = { META_APP_SECRET: 32, META_VERIFY_TOKEN: 16 }

function weak(name: keyof typeof LONG_ENOUGH, why: string): string {
  return `${name} has fewer than ${LONG_ENOUGH[name]} characters: ${why}`
}
