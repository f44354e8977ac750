import { appliers } from './appliers.ts'
import { campaigns } from './campaigns.ts'
import { costs } from './costs.ts'
import { enqueue } from './enqueue.ts'
import { flows } from './flows.ts'
import { footprint } from './footprint.ts'
import { importing } from './import.ts'
import { lists } from './lists.ts'
import { passingOn } from './passing-on.ts'
import { replies } from './replies.ts'
import { scaleOut } from './scale-out.ts'
import type { Options, Suite } from './suite.ts'
import { templates } from './templates.ts'
import { throughput } from './throughput.ts'
import { webhooks } from './webhooks.ts'

const USUAL: Options = {
  messages: 20_000,
  rounds: 3,
  concurrency: 200,
  seconds: 30,
  warmUp: null,
  rate: 100,
  numbers: 8,
  mps: 1_000,
  processes: 4,
  only: undefined,
}

/** By name, with what is measured unless an option says otherwise. */
export const SUITES: Record<string, { suite: Suite; defaults: Options }> = {
  throughput: { suite: throughput, defaults: { ...USUAL, messages: 20_000 } },
  'scale-out': { suite: scaleOut, defaults: { ...USUAL, messages: 20_000, concurrency: 40 } },
  webhooks: { suite: webhooks, defaults: { ...USUAL, messages: 10_000, rate: 3_000, seconds: 60 } },
  appliers: { suite: appliers, defaults: { ...USUAL, messages: 1_500 } },
  'passing-on': { suite: passingOn, defaults: { ...USUAL, rate: 500, seconds: 20, rounds: 5 } },
  replies: { suite: replies, defaults: { ...USUAL, messages: 200_000, rate: 20, seconds: 30 } },
  enqueue: { suite: enqueue, defaults: { ...USUAL, messages: 4_000 } },
  footprint: { suite: footprint, defaults: { ...USUAL, messages: 20_000 } },
  import: { suite: importing, defaults: { ...USUAL, messages: 1_000_000 } },
  lists: { suite: lists, defaults: { ...USUAL, messages: 10_000_000, rounds: 30 } },
  campaigns: { suite: campaigns, defaults: { ...USUAL, messages: 1_000_000, rate: 20, seconds: 8 } },
  flows: { suite: flows, defaults: { ...USUAL, messages: 100_000, rounds: 5, rate: 20, seconds: 20 } },
  costs: { suite: costs, defaults: { ...USUAL, messages: 5_000_000, rounds: 5 } },
  templates: { suite: templates, defaults: { ...USUAL, messages: 6_000 } },
}
