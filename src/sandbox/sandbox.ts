import { once } from 'node:events'
import { createServer } from './api/server.ts'
import { createAutosave } from './autosave.ts'
import { createChanges } from './changes.ts'
import { createClock } from './clock.ts'
import { controlRoutes } from './control-routes.ts'
import { type Controls, createControls } from './controls.ts'
import { createFaults } from './faults.ts'
import { createIdentifiers } from './identifiers.ts'
import { DEFAULT_KNOBS, type Knobs, knobsSchema } from './knobs.ts'
import { Ledger, type LedgerCapacity } from './ledger.ts'
import { createScheduler } from './scheduler.ts'
import { DEFAULT_SEED, type SandboxSeed } from './seed.ts'
import { readSnapshot, restoreSnapshot, takeSnapshot, writeSnapshot } from './snapshot.ts'
import { startStatuses } from './statuses.ts'
import { resumeFate } from './template-fate.ts'
import { reviewLater } from './template-life.ts'
import { createDelivery } from './webhooks/delivery.ts'
import { createMeters, type SandboxLog, type World } from './world.ts'

export { type ActionInput, SandboxActionError } from './actions.ts'
export type { CustomerActions, Inbound } from './customers.ts'
export type { Fault, FaultInput } from './faults.ts'
export { DEFAULT_KNOBS, type Knobs } from './knobs.ts'
export type { NumberRecord, SendRecord, TemplateRecord } from './records.ts'
export { type CustomerSeed, DEFAULT_LINK, DEFAULT_SEED, type SandboxSeed, type TemplateSeed } from './seed.ts'
export type { SandboxLog } from './world.ts'

export type SandboxOptions = {
  host?: string
  /** 0, the default, takes a free one. */
  port?: number
  /** Names allowed in `Host`, besides addresses and `localhost`. */
  hosts?: readonly string[]
  /** Signs the webhooks. */
  appSecret: string
  /** Sent with the verification handshake when a webhook url is overridden without one of its own. */
  verifyToken: string
  /** Where webhooks go; settable later. Null: nowhere yet. */
  webhookUrl?: string | null
  /** Epoch milliseconds; the real clock by default. */
  clock?: () => number
  /** Called before the sandbox's clock moves, with how far ahead of real time it will stand. It does not move when this rejects. */
  moveFirst?: (aheadMs: number) => Promise<void>
  seed?: SandboxSeed
  /** JSON file that keeps windows, threads and templates over a restart. */
  stateFile?: string
  knobs?: Partial<Knobs>
  capacity?: Partial<LedgerCapacity>
  log?: SandboxLog
}

export type Sandbox = Controls & {
  /** Without a slash or version at its end; also what a client sets as its Graph API url. */
  url: string
  port: number
  close(): Promise<void>
}

const SILENT: SandboxLog = { info: () => {}, warn: () => {} }
const CAPACITY: LedgerCapacity = { messages: 200_000, sends: 200_000 }

/**
 * A stand-in for Meta's Graph API, listening when the promise resolves. It shares no code with the client it is there to
 * test, so that a mistake in one is not repeated in the other.
 */
export async function createSandbox(options: SandboxOptions): Promise<Sandbox> {
  const log = options.log ?? SILENT
  const snapshot = options.stateFile === undefined ? null : await readSnapshot(options.stateFile)
  const knobs = knobsSchema.parse({ ...DEFAULT_KNOBS, ...options.knobs })
  const clock = createClock(options.clock ?? Date.now, snapshot?.clockOffsetMs ?? 0)
  const scheduler = createScheduler(clock)
  const ledger = new Ledger({ ...CAPACITY, ...options.capacity })
  const ids = createIdentifiers({ seed: knobs.randomSeed, bootAt: clock.now(), counter: snapshot?.idCounter ?? 0 })
  const changes = createChanges(60)
  const autosave =
    options.stateFile === undefined
      ? null
      : createAutosave(
          () => writeSnapshot(options.stateFile as string, takeSnapshot(ledger, clock.offsetMs(), ids.counter())),
          (error) => log.warn({ err: error }, 'the sandbox could not write its state file'),
        )
  const webhooks = createDelivery({
    clock,
    scheduler,
    knobs,
    appSecret: options.appSecret,
    url: options.webhookUrl ?? null,
  })
  const world: World = {
    clock,
    scheduler,
    knobs,
    ledger,
    ids,
    faults: createFaults(() => knobs.randomSeed),
    webhooks,
    meters: createMeters(),
    verifyToken: options.verifyToken,
    moveFirst: options.moveFirst ?? null,
    log,
    changed() {
      changes.notify()
      autosave?.soon()
    },
  }
  ledger.plant(options.seed ?? DEFAULT_SEED, ids, clock.now())
  if (snapshot) {
    restoreSnapshot(ledger, snapshot)
    resume(world)
  }

  const controls = createControls(world)
  const app = createServer(world, options.hosts ?? [])
  controlRoutes(app, controls, changes)
  const host = options.host ?? '127.0.0.1'
  await app.listen({ host, port: options.port ?? 0 })
  const { port } = app.server.address() as { port: number }
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  log.info({ url }, 'the sandbox is listening')

  return {
    ...controls,
    url,
    port,
    async close() {
      scheduler.stop()
      await webhooks.stop()
      changes.stop()
      await app.close()
      // Calls a fault left hanging hold sockets that Fastify no longer counts.
      if (app.server.listening) await once(app.server, 'close')
      await autosave?.finish()
    },
  }
}

/** After a restart: statuses still owed, templates still under review, their pauses and what was announced of them go on. */
function resume(world: World): void {
  for (const message of world.ledger.messages.values()) if (message.direction === 'out') startStatuses(world, message)
  for (const template of world.ledger.templates.values()) {
    if (template.status === 'PENDING') reviewLater(world, template)
    resumeFate(world, template)
  }
}
