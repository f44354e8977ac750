import { TRIED_FOR_MS } from '../passing.ts'
import { HOUR_MS } from '../time.ts'
import type { Compiler } from './compiler.ts'
import { lengthOf } from './moment.ts'
import type { Path } from './problem.ts'
import type { CallStep, FlowStep } from './program.ts'
import type { CallDocument } from './schema.ts'
import { hint, problem } from './sentences.ts'
import type { FlowText } from './text.ts'

type Base = Pick<FlowStep, 'id' | 'if' | 'next' | 'below'>

const TRIED_FOR_UNLESS_SAID = HOUR_MS

export function compileCall(compiler: Compiler, step: CallDocument, base: Base, path: Path): CallStep {
  const { url, body = {}, save, retry } = step.call
  const at = [...path, 'call']
  return {
    ...base,
    verb: 'call',
    url: addressOf(compiler, url, [...at, 'url']),
    body: compiler.values(body, [...at, 'body'], false),
    save: save === undefined ? null : nameOf(save),
    triedForMs:
      retry === undefined ? TRIED_FOR_UNLESS_SAID : triedFor(compiler, retry.up_to, [...at, 'retry', 'up_to']),
    done: step.then === undefined ? base.next : compiler.to(step.then, [...path, 'then']),
    otherwise: step.otherwise === undefined ? null : compiler.to(step.otherwise, [...path, 'otherwise']),
  }
}

/** `call.quote` is read as quote of what calls answered. */
export function nameOf(save: string): string {
  return save.slice('call.'.length)
}

function triedFor(compiler: Compiler, upTo: string, path: Path): number {
  const ms = lengthOf(compiler.duration(upTo, path))
  if (ms > TRIED_FOR_MS) compiler.problems.error(path, problem('duration_too_long', { max: '3d', got: upTo }))
  return ms
}

/** The names that secrets go by in addresses. */
const SECRETS =
  /^(?:x[-_])?(?:(?:api|app|access|auth|private|secret|subscription)?[-_]?key|(?:access|auth|api|bearer|id|refresh)?[-_]?token|auth|authorization|bearer|jwt|(?:api|app|client)?[-_]?secret|pass|password|passphrase|passwd|pwd|sig|signature)$/i

/** Whether it may be called is for a server to say: which hosts are its own, and which it may reach besides. */
function addressOf(compiler: Compiler, source: string, path: Path): FlowText {
  const { problems } = compiler
  const text = compiler.text(source, path)
  const [first = ''] = text.parts
  if (typeof first !== 'string' || !/^https?:\/\/[^/?#]+(?:[/?]|$)/i.test(first) || endsInHost(text)) {
    problems.error(
      path,
      problem('address_host', { got: source.slice(0, 60) }),
      hint('places_behind_host', { example: 'https://crm.example.com/quotes/{{data.quote}}' }),
    )
    return text
  }
  const url = URL.parse(text.parts.map((part) => (typeof part === 'string' ? part : 'x')).join(''))
  if (url === null) problems.error(path, problem('address', { got: source.slice(0, 60) }))
  else if (url.username !== '' || url.password !== '') problems.error(path, problem('address_password'))
  else if (url.hash !== '') problems.error(path, problem('address_fragment'))
  const secret = [...(url?.searchParams.keys() ?? [])].find((name) => SECRETS.test(name))
  if (secret !== undefined) {
    problems.error(path, problem('address_secret', { name: secret }), hint('signed'))
  }
  return text
}

/** A place in the host would have customers say who is called. */
function endsInHost({ parts: [first, ...more] }: FlowText): boolean {
  return more.length > 0 && /^https?:\/\/[^/?#]*$/i.test(String(first))
}
