import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
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

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
