import { resolve } from 'node:path'
import { addressOf } from '../app/address.ts'
import type { Stack } from '../app/stack.ts'
import type { Config } from '../config.ts'
import { fields } from './table.ts'
import type { Colors } from './terminal.ts'

interface Welcome {
  readonly config: Config
  readonly stack: Stack
  /** The number to try first; null when there is none. */
  readonly sender: string | null
  /** Signs somebody in, once; null when there is none. */
  readonly link: string | null
  readonly version: string
}

/** One of the sandbox's customers. */
const CUSTOMER = '+5511987654321'

export function showWelcome(colors: Colors, welcome: Welcome): string {
  const { config, stack, sender, link, version } = welcome
  const { url, apiKey, sandbox } = stack
  const places = fields(colors, [
    ['API', `${url} (described at ${url}/docs)`],
    // One of the environment is known, and what is printed is kept by whoever keeps logs.
    [
      'API key',
      config.apiKeys.length > 0 ? 'the first of CASEMENT_API_KEY' : (apiKey ?? 'one of those in the database'),
    ],
    ['sign in', link && `${link} (once, within 15 minutes)`],
    ['sender', sender],
    ["customer's phone", sandbox ? `${sandbox.url} (play the customer: write, tap, call)` : null],
    ['data', config.dataDir],
  ])
  const lines = [`${colors.bold(`Casement ${version}`)} is running.`, '', places]
  const commands = commandsFor(welcome)
  if (commands.length > 0) {
    lines.push('', 'Try next, in another terminal:', '')
    for (const { does, command } of commands) lines.push(`  ${colors.dim(`# ${does}`)}`, `  ${command}`, '')
  }
  lines.push('Ctrl-C stops everything.')
  return lines.join('\n')
}

function commandsFor({ config, stack, sender }: Welcome): { does: string; command: string }[] {
  if (sender === null || stack.sandbox === null) return []
  const target = targetOptions(config, stack)
  const values = 'user=Ana your_name=Sam company="Lucky Shrub"'
  const phone = `${stack.sandbox.url}/sandbox/customers/${CUSTOMER.slice(1)}/say`
  return [
    {
      does: 'a template may go at any time',
      command: `npx casement send ${sender} ${CUSTOMER} --template keep_helping --param ${values} --wait${target}`,
    },
    {
      does: 'a text waits until she has written',
      command: `npx casement send ${sender} ${CUSTOMER} "Your order is ready, Ana"${target}`,
    },
    {
      does: 'she writes (or do it on the phone page), and the text leaves',
      command: `curl -sd '{"text":"Hello!"}' ${phone}`,
    },
    { does: 'until when she may be written to', command: `npx casement window ${sender} ${CUSTOMER}${target}` },
    {
      does: 'three hundred customers in under a minute',
      command: `npx casement demo --url ${stack.url}${keyOption(config, stack)}`,
    },
  ]
}

/** What the other terminal cannot know when the environment of this one moved it. */
function targetOptions(config: Config, stack: Stack): string {
  const moved = stack.url !== addressOf('127.0.0.1', 8080)
  return `${moved ? ` --url ${stack.url}` : ''}${keyOption(config, stack)}`
}

/** From another directory the key would not be found. */
function keyOption({ apiKeys, dataDir }: Config, { apiKey }: Stack): string {
  if (apiKeys.length > 0) return ' --key "$CASEMENT_API_KEY"'
  if (apiKey === null || dataDir === resolve('.casement')) return ''
  return ` --key ${apiKey}`
}
