import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { CannotStart } from '../../src/app/cannot-start.ts'
import { expectFree } from '../../src/app/ports.ts'
import { claimDirectory } from '../../src/app/running.ts'

const HOST = '127.0.0.1'

it('names the setting of a port that is taken, before anything was started', async () => {
  const taken = createServer().listen(0, HOST)
  await once(taken, 'listening')
  onTestFinished(() => void taken.close())
  const { port } = taken.address() as AddressInfo
  const check = expectFree([{ host: HOST, port, setting: 'PORT' }])
  await expect(check).rejects.toThrow(CannotStart)
  await expect(check).rejects.toThrow(`port ${port} of ${HOST} is taken: stop what listens there, or set PORT`)
})

it('leaves a free port free', async () => {
  const server = createServer().listen(0, HOST)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  await expectFree([{ host: HOST, port, setting: 'SANDBOX_PORT' }])
  await expectFree([{ host: HOST, port, setting: 'SANDBOX_PORT' }])
})

async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'casement-claim-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

it('gives a data directory to one start at a time', async () => {
  const dataDir = join(await directory(), 'data')
  const claims = await Promise.all([claimDirectory(dataDir), claimDirectory(dataDir)])
  const won = claims.filter((claim) => 'release' in claim)
  expect(won).toHaveLength(1)
  expect(claims.find((claim) => 'takenBy' in claim)).toEqual({ takenBy: { pid: process.pid } })
  await won[0]?.release()
  expect(await claimDirectory(dataDir)).toHaveProperty('release')
})

it('gives a data directory away that a killed start had', async () => {
  const dataDir = await directory()
  await writeFile(join(dataDir, 'starting.json'), JSON.stringify({ pid: process.pid, startedAt: 'long ago' }))
  expect(await claimDirectory(dataDir)).toHaveProperty('release')
})
