import type { Command } from 'commander'
import type { z } from 'zod'
import { addCommand, type Cli, present } from '../cli.ts'
import { type ApiOptions, connect, withApi } from '../connect.ts'
import { contactIdOf } from '../recipient.ts'
import { colorState, windowText } from '../show-intent.ts'
import { fields, table } from '../table.ts'
import type { Colors } from '../terminal.ts'
import { conversationView, read } from '../views.ts'

export function addWindow(program: Command, cli: Cli): void {
  const command = addCommand(program, {
    usage: 'window <sender> <contact>',
    does: 'show whether a customer may be written to, until when, and what waits for them',
    examples: ['window 106540352242922 +5511987654321'],
  })
  withApi(command).action(async (sender: string, contact: string, options: ApiOptions) => {
    const segment = encodeURIComponent(contactIdOf(contact))
    const api = await connect(cli, options)
    const answer = await api.get(`/v1/conversations/${encodeURIComponent(sender)}/${segment}`)
    present(cli, options, answer, () => show(cli.terminal.colors, answer))
  })
}

function show(colors: Colors, answer: unknown): string {
  const { contact, customer_service_window: window, free_entry_point: entry, waiting } = read(conversationView, answer)
  const parts = [
    fields(colors, [
      ['contact', [contact.name, contact.wa_id ?? contact.user_id].filter(Boolean).join(', ')],
      ['marketing', contact.marketing],
      ['customer service window', windowText(window.open, window.expires_at)],
      ['free entry point', entryText(entry)],
    ]),
  ]
  if (waiting && waiting.length > 0) {
    const rows = waiting.map(({ id, state, reason }) => [id, colorState(colors, state), reason?.code, reason?.text])
    parts.push(table(colors, ['waiting', 'state', 'reason', ''], rows))
  }
  return parts.join('\n\n')
}

function entryText(entry: z.infer<typeof conversationView>['free_entry_point']): string {
  if (entry.open) return `open until ${entry.expires_at} (${entry.state}): templates cost nothing`
  return entry.state === 'possible' && entry.reply_by ? `opens when answered before ${entry.reply_by}` : entry.state
}
