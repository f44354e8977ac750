import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { readScript } from '../../../src/domain/flow/simulate/script.ts'
import { simulateFlow } from '../../../src/usecases/simulate-flow.ts'
import { beginFlow, TOLD } from '../../support/flow-player.ts'
import { createFlowWorld } from '../../support/flow-world.ts'

/* A flow that calls programs, played by the simulator and by what runs on a server: the same lines at the same instants. */

const FLOW = `
flow: booking
purpose: service
triggers: [ inbound: { text: [ book ] } ]
steps:
  - id: ask
    call: { url: "https://book.example.com/free", body: { by: "{{contact.name}}" }, save: call.free, retry: { up_to: 20m } }
    otherwise: busy
  - { id: offer, if: has(call.free.time), send: { text: "Is {{call.free.time}} fine?" }, when_closed: fail }
  - id: answer
    wait: { for: reply, up_to: 2h }
    otherwise: silent
  - id: book
    call: { url: "https://book.example.com/book/{{call.free.time | none}}", body: { said: "{{reply.text}}" } }
    otherwise: busy
  - { id: done, send: { text: "Booked." }, when_closed: fail, end: booked }
  - { id: silent, end: silent }
  - { id: busy, hand_over: { team: desk }, end: busy }
`
const SCRIPTS = {
  'answered twice': `
  - { after: 3s, answered: ask, with: { time: "10:00" } }
  - { after: 5m, reply: "Yes" }
  - { after: 2s, answered: book }`,
  'refused in the end': `
  - { after: 3s, answered: ask, with: { time: "10:00" } }
  - { after: 5m, reply: "Yes" }
  - { after: 1m, failed: book }`,
  'never answered': '\n  - { after: 1h, reply: "Hello?" }',
}

it.each(Object.entries(SCRIPTS))('%s, it runs as it is simulated', async (_name, events) => {
  const text = `start: { at: "2026-11-23T10:00:00Z", zone: UTC, contact: { name: Ana }, inbound: { text: book } }\nevents:${events}`
  const simulated = simulateFlow(FLOW, text, null)
  const script = readScript(parse(text))
  if (!simulated.ok || !script.ok) throw new Error(JSON.stringify([simulated, script]))
  const { transcript } = simulated.value
  expect(transcript.filter(({ what }) => what === 'calls').length).toBeGreaterThan(0)
  const world = await createFlowWorld()
  try {
    const player = await beginFlow(world, 'booking', FLOW, script.script)
    for (const at of [...new Set(transcript.map((line) => line.at))]) {
      await player.play(
        at,
        transcript.filter((line) => line.at === at),
      )
    }
    const played = await player.transcript()
    const told = transcript.filter(({ what }) => TOLD.includes(what))
    expect(played.history).toEqual(told.map(({ at, step, what, why }) => ({ at, step, what, why })))
  } finally {
    await world.close()
  }
})
