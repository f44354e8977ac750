import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { findProcess } from '../embedded/processes.ts'

const record = z.object({
  pid: z.number(),
  /** Tells the process from a later one with the same pid. */
  startedAt: z.string(),
  url: z.string(),
  sandboxUrl: z.string().nullable(),
  /** With a password in it: the file is readable by its owner only. */
  databaseUrl: z.string(),
})

/** A `casement start` that runs on a data directory, as it left word there in `running.json`. */
export type Running = z.infer<typeof record>

const fileIn = (dataDir: string): string => join(dataDir, 'running.json')

/** Null when none runs, also when one was killed and left its file behind. */
export async function findRunning(dataDir: string): Promise<Running | null> {
  const text = await readFile(fileIn(dataDir), 'utf8').catch(() => 'null')
  const running = record.safeParse(parse(text))
  if (!running.success) return null
  const found = await findProcess(running.data.pid)
  return found?.startedAt === running.data.startedAt ? running.data : null
}

/** Leaves word that this process runs here. Answers how to take it back. */
export async function leaveWord(
  dataDir: string,
  urls: Omit<Running, 'pid' | 'startedAt'>,
): Promise<() => Promise<void>> {
  const ourselves = await findProcess(process.pid)
  const running: Running = { pid: process.pid, startedAt: ourselves?.startedAt ?? '', ...urls }
  await mkdir(dataDir, { recursive: true })
  await rm(fileIn(dataDir), { force: true }) // its mode would stay
  await writeFile(fileIn(dataDir), `${JSON.stringify(running)}\n`, { mode: 0o600 })
  return () => rm(fileIn(dataDir), { force: true })
}

const starting = record.pick({ pid: true, startedAt: true })

/**
 * Takes the data directory for a start that may take a while; until then nobody has left word there. Answers how to give it back, or the
 * process that has it. One that was killed has it no more.
 */
export async function claimDirectory(
  dataDir: string,
): Promise<{ release(): Promise<void> } | { takenBy: { pid: number } }> {
  const file = join(dataDir, 'starting.json')
  const ourselves = await findProcess(process.pid)
  const claim = JSON.stringify({ pid: process.pid, startedAt: ourselves?.startedAt ?? '' })
  await mkdir(dataDir, { recursive: true })
  // Linked under its name when it is whole, so that nobody reads half of it.
  const draft = `${file}.${randomUUID()}`
  await writeFile(draft, claim, { mode: 0o600 })
  await using drafted = new AsyncDisposableStack()
  drafted.defer(() => rm(draft, { force: true }))
  for (;;) {
    try {
      await link(draft, file)
      return { release: () => rm(file, { force: true }) }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
    const other = starting.safeParse(parse(await readFile(file, 'utf8').catch(() => 'null')))
    if (other.success && (await findProcess(other.data.pid))?.startedAt === other.data.startedAt) {
      return { takenBy: { pid: other.data.pid } }
    }
    await rm(file, { force: true })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
