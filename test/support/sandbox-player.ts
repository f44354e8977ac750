import { expect } from 'vitest'
import { parse } from 'yaml'
import { readScript, type Script } from '../../src/domain/flow/simulate/script.ts'
import type { TranscriptLine } from '../../src/domain/flow/simulate/transcript.ts'
import { DAY_MS, MINUTE_MS } from '../../src/domain/time.ts'
import { parseMoment } from '../../src/domain/zoned-time.ts'
import { simulateFlow } from '../../src/usecases/simulate-flow.ts'
import { TOLD } from './flow-player.ts'
import { eventually } from './signals.ts'

/*
 * A script, played on a running Casement by whoever sits before it: the flow by the command line, the customer on the sandbox's phone, the clock
 * by hand. What is told is read from outside, too.
 */

/** A running Casement with its built-in sandbox. */
export interface AtTheSandbox {
  sender: string
  api<Body>(method: string, path: string, body?: unknown): Promise<Body>
  /** A command of the command line, and its JSON. */
  cli<Answer>(...args: string[]): Promise<Answer>
}

interface RunJson {
  id: string
  state: string
  outcome: string | null
  history: { at: string; kind: string; step: string | null; detail: { text: string } }[]
}

interface IntentJson {
  id: string
  sent_as: string | null
  cost: { category: string; billable: boolean } | null
}

interface Line {
  at: string
  what: string
  step: string | null
  why?: string
  as?: string
  price?: string
}

/** Who waits for longer gives up, so what is told within the minute is told of it. */
const toMinute = (text: string) => text.replace(/(T\d\d:\d\d):\d\d\.\d{3}Z/g, '$1Z')

/** The same script some weeks later: the clock of the sandbox is moved forward only. */
function laterBy(weeks: number, script: string): string {
  const later = (date: string) => new Date(Date.parse(date) + weeks * 7 * DAY_MS).toISOString().slice(0, 10)
  return script.replace(/\d{4}-\d{2}-\d{2}/g, later)
}

function beginning({ start }: Script): number {
  return parseMoment(start.last_inbound ?? start.at, start.zone ?? 'UTC') as number
}

function scriptFrom(text: string): Script {
  const read = readScript(parse(text))
  if (!read.ok) throw new Error(JSON.stringify(read.problems.all))
  return read.script
}

export interface Example {
  name: string
  /** Of the document. */
  file: string
  document: string
  script: string
  /** Digits of a customer whom nobody has met. */
  customer: string
  templates: Parameters<typeof simulateFlow>[2]
  /** What its steps call: waits until it was called, and answers. */
  program?: { answer(body: object): Promise<void> }
}

/** Plays it to its end; what the simulator tells and what was told, to be compared. */
export async function playInSandbox(
  casement: AtTheSandbox,
  { name, file, document, script: written, customer, templates, program }: Example,
): Promise<{ simulated: Line[]; played: Line[] }> {
  const { sender, api, cli } = casement
  const phone = (action: string, body: object = {}) => api('POST', `/v1/sandbox/customers/${customer}/${action}`, body)
  const online = (is: boolean) => api('PATCH', `/v1/sandbox/customers/${customer}`, { online: is })
  const now = async () => Date.parse((await api<{ now: string }>('GET', '/v1/sandbox/clock')).now)

  async function clockTo(at: number): Promise<void> {
    const ahead = at - (await now())
    if (ahead > 0) await api('POST', '/v1/sandbox/clock', { advance_ms: ahead })
  }

  const weeks = Math.max(0, Math.ceil(((await now()) + MINUTE_MS - beginning(scriptFrom(written))) / (7 * DAY_MS)))
  const text = laterBy(weeks, written)
  const script = scriptFrom(text)
  const simulation = simulateFlow(document, text, templates)
  if (!simulation.ok) throw new Error(JSON.stringify(simulation.problems))
  const { transcript } = simulation.value
  const lines = transcript.filter(({ what }) => what === 'sent' || TOLD.includes(what))

  const known = async () =>
    (await api<{ customer_service_window: { open: boolean } }>('GET', `/v1/conversations/${sender}/${customer}`))
      .customer_service_window.open

  async function begin(): Promise<string> {
    const { start } = script
    const { name: person, language, time_zone } = start.contact ?? {}
    await api('POST', '/v1/sandbox/customers', { wa_id: customer, ...(person ? { name: person } : {}) })
    // Nothing is delivered but what the script says.
    if (start.delivered_after === undefined) await online(false)
    await clockTo(beginning(script) - (start.attribute ? 3 * DAY_MS : 0))
    const contact = {
      ...(person ? { name: person } : {}),
      ...(language ? { language } : {}),
      ...(time_zone ? { time_zone } : {}),
    }
    await api('PUT', `/v1/contacts/+${customer}`, contact)
    // An attribute begins a flow where somebody has written.
    if (start.last_inbound !== undefined || start.attribute) {
      await phone('say', { text: 'Hello' })
      await eventually(known)
    }
    await cli('flow', 'apply', file)
    await clockTo(parseMoment(start.at, start.zone ?? 'UTC') as number)
    if (start.inbound?.ad) {
      const referral = { source_type: 'ad', source_id: '17', ...start.inbound.ad }
      await phone('arrive-from-ad', { text: start.inbound.text, referral })
    } else if (start.inbound) await phone('say', { text: start.inbound.text })
    else if (start.event) {
      const data = { ...start.event.data, ...start.data }
      await api('POST', '/v1/flow-events', { contact: customer, sender, name: start.event.name, key: 'start', data })
    } else if (start.attribute) {
      const attributes = { ...start.data, [start.attribute.name]: start.attribute.value }
      await api('PATCH', `/v1/contacts/${customer}`, { attributes })
    } else if (!document.includes('window_closing')) {
      await cli('flow', 'start', name, sender, `+${customer}`, '--data', JSON.stringify(start.data ?? {}))
    }
    return eventually(async () => {
      const { data } = await cli<{ data: RunJson[] }>('flow', 'runs', name)
      return data.length === 1 && (data[0]?.id as string)
    })
  }

  async function happen({ what, step, text: said, at }: TranscriptLine): Promise<void> {
    if (what === 'reply') await phone('say', { text: said })
    else if (what === 'tap') await phone('tap', { label: labelOf(document, step, said) })
    else if (what === 'delivered') await online(true)
    else if (what === 'read') {
      await online(true)
      await phone('read')
    } else if (what === 'opt_out') await phone('stop-marketing')
    else if (what === 'took_over') await phone('colleague-writes', { text: 'Sam here.' })
    else if (what === 'called') {
      const answered = script.events?.find((one) => 'answered' in one && one.answered === step)
      await program?.answer((answered && 'answered' in answered ? answered.with : undefined) ?? {})
    } else if (what === 'event') {
      const event = script.events?.find((one) => 'event' in one && one.event.name === said)
      const data = event && 'event' in event ? event.event.data : undefined
      await api('POST', '/v1/flow-events', { contact: customer, sender, name: said, key: `${said} ${at}`, data })
    }
  }

  async function told(id: string): Promise<Line[]> {
    const { history } = await api<RunJson>('GET', `/v1/flow-runs/${id}`)
    return history
      .filter(({ kind }) => kind === 'sent' || TOLD.includes(kind))
      .map(({ at, kind, step, detail }) => ({
        at: toMinute(at),
        what: kind,
        step,
        ...(kind === 'sent' ? {} : { why: toMinute(detail.text) }),
      }))
  }

  const run = await begin()
  for (const at of [...new Set(transcript.map((line) => line.at))]) {
    await clockTo(Date.parse(at))
    const here = transcript.filter((line) => line.at === at)
    for (const line of here) await happen(line)
    const expected = lines.filter((line) => line.at <= at).length
    let seen: Line[] = []
    await eventually(async () => {
      seen = await told(run)
      return seen.length >= expected
    }).catch((error: Error) => {
      const due = lines.slice(0, expected).map(({ step, what, at: when }) => `${when} ${step} ${what}`)
      throw new Error(`expected ${JSON.stringify(due, null, 1)}, got ${JSON.stringify(seen, null, 1)}`, {
        cause: error,
      })
    })
    if (script.start.delivered_after === undefined && here.some(({ what }) => what === 'delivered')) await online(false)
  }
  const sent = await eventually(async () => {
    const { data } = await api<{ data: IntentJson[] }>('GET', `/v1/intents?flow_run=${run}`)
    const left = data.filter(({ sent_as }) => sent_as !== null).toReversed()
    // The price comes with a status.
    return left.every(({ cost }) => cost !== null) && left
  })
  await cli('flow', 'pause', name)
  const shown = await cli<RunJson>('flow', 'show', run)
  expect(shown.outcome).toBe(simulation.value.ended?.outcome ?? null)
  return {
    simulated: lines.map(({ at, what, step, why, as, price }) => ({
      at: toMinute(at),
      what,
      step,
      ...(what === 'sent' ? { as, price } : { why: toMinute(why) }),
    })) as Line[],
    played: (await told(run)).map((line) => {
      if (line.what !== 'sent') return line
      const intent = sent.shift()
      const price = intent?.cost?.billable ? intent.cost.category : 'free'
      return { ...line, as: intent?.sent_as ?? 'nothing', price }
    }),
  }
}

/** What the button with this id says; of a template's button its label is its name. */
function labelOf(document: string, step: string | null, id: string): string {
  const { steps } = parse(document) as {
    steps: { id: string; send?: { interactive?: { buttons: Record<string, string> } } }[]
  }
  return steps.find((one) => one.id === step)?.send?.interactive?.buttons[id] ?? id
}
