import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { readScript } from '../../src/domain/flow/simulate/script.ts'
import { simulateFlow } from '../../src/usecases/simulate-flow.ts'
import { beginFlow, TOLD } from '../support/flow-player.ts'
import { createFlowWorld } from '../support/flow-world.ts'

/*
 * The ten examples, played by the simulator and by what runs on a server: the same script, the same lines at the same instants. The clock of the
 * database stands still where the script says; Meta accepts what the simulator let go.
 */

const folder = (name: string) => fileURLToPath(new URL(`../../examples/${name}/`, import.meta.url))
const read = (of: string, name: string) => readFileSync(folder(of) + name, 'utf8')
const templates = readdirSync(folder('templates')).map((name) => parse(read('templates', name)))
const names = readdirSync(folder('flows')).filter((name) => !name.endsWith('.script.yaml'))

it.each(names)('%s runs as it is simulated', async (name) => {
  const document = read('flows', name)
  const text = read('flows', name.replace('.yaml', '.script.yaml'))
  const simulated = simulateFlow(document, text, templates)
  const script = readScript(parse(text))
  if (!simulated.ok || !script.ok) throw new Error('expected the example to be playable')
  const world = await createFlowWorld()
  try {
    const player = await beginFlow(world, name.replace('.yaml', ''), document, script.script)
    const { transcript } = simulated.value
    for (const at of [...new Set(transcript.map((line) => line.at))]) {
      await player.play(
        at,
        transcript.filter((line) => line.at === at),
      )
    }
    const played = await player.transcript()
    const told = transcript.filter(({ what }) => TOLD.includes(what))
    expect(played.history).toEqual(told.map(({ at, step, what, why }) => ({ at, step, what, why })))
    const sent = transcript.filter(({ what }) => what === 'sent')
    expect(played.sent).toEqual(sent.map(({ at, step }) => ({ at, step })))
  } finally {
    await world.close()
  }
})
