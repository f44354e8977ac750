import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, cp, lstat, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { locateBinaries, makeRunnable, type PostgresBinaries } from '../../src/embedded/binaries.ts'
import { freePort } from '../../src/embedded/ports.ts'
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from '../../src/embedded/postgres.ts'
import { findProcess, waitUntilGone } from '../../src/embedded/processes.ts'
import { createLogger } from '../../src/log.ts'

const log = createLogger({ level: 'silent' })
const asRoot = process.getuid?.() === 0

let directory: string
let started: EmbeddedPostgres[]

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'casement-embedded-'))
  await chmod(directory, 0o711)
  started = []
})

afterEach(async () => {
  await Promise.all(started.map((server) => server.stop()))
  await rm(directory, { recursive: true, force: true })
})

async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir: join(directory, 'postgres'), log, ephemeral: true, ...options })
  started.push(server)
  return server
}

async function query<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client(url)
  client.on('error', () => {}) // the server is killed under it in some tests
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end().catch(() => {})
  }
}

describe('a new data directory', () => {
  test('gives a database that stores any language, to a role that is no superuser', async () => {
    const { url } = await start()
    const sql = `select current_user as who, lower('ÁÉЖ') as lower, usesuper as superuser from pg_user where usename = current_user`
    expect(await query(url, sql)).toEqual([{ who: 'casement', lower: 'áéж', superuser: false }])
  })

  test('keeps the password readable for its owner only', async () => {
    const { url } = await start()
    const file = join(directory, 'postgres', 'password')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(url).toContain((await readFile(file, 'utf8')).trim())
  })

  test('lets nobody in without the password, the superuser included', async () => {
    const { port } = await start()
    await expect(query(`postgres://casement:wrong@127.0.0.1:${port}/casement`, 'select 1')).rejects.toThrow(/password/)
    await expect(query(`postgres://postgres:wrong@127.0.0.1:${port}/postgres`, 'select 1')).rejects.toThrow(/password/)
  })

  test('is durable, and reachable over loopback only', async () => {
    const { url, pid } = await start({ ephemeral: false })
    const sql = `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit`
    expect(await query(url, sql)).toEqual([{ fsync: 'on', commit: 'on' }])
    const command = (await findProcess(pid))?.command
    expect(command).toContain('-c listen_addresses=127.0.0.1 ')
    expect(command).toContain('-c unix_socket_directories= ')
  })

  test('takes the settings it is given', async () => {
    const { url } = await start({ settings: { work_mem: '7MB' } })
    expect(await query(url, 'show work_mem')).toEqual([{ work_mem: '7MB' }])
  })

  test('leaves nothing half made when it cannot be built', async () => {
    const { postgres } = await locateBinaries()
    const broken = { postgres, initdb: join(directory, 'no-initdb') }
    await expect(start({ binaries: broken })).rejects.toThrow(/initdb failed/)
    expect((await start()).port).toBeGreaterThan(0)
  })
})

describe('a port', () => {
  test('is kept when it is free', async () => {
    const port = await freePort()
    expect((await start({ port })).port).toBe(port)
  })

  test('is replaced when it is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port: taken } = other.address() as { port: number }
    const server = await start({ port: taken })
    expect(server.port).not.toBe(taken)
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }])
    other.close()
  })
})

describe('the next start', () => {
  test('finds the data of the last', async () => {
    const first = await start()
    await query(first.url, 'create table kept as select 42 as answer')
    await first.stop()
    expect(await query((await start()).url, 'select * from kept')).toEqual([{ answer: 42 }])
  })

  test('recovers what was committed before kill -9', async () => {
    const first = await start()
    await query(first.url, 'create table kept as select 42 as answer')
    await first.kill()
    expect(await query((await start()).url, 'select * from kept')).toEqual([{ answer: 42 }])
  })

  test('is not kept off by another program that got the old pid', async () => {
    const first = await start()
    await first.kill()
    const data = join(directory, 'postgres', 'data')
    const { uid, gid } = await stat(data)
    const bystander = spawn('/bin/sh', ['-c', 'echo; read -r _'], { stdio: 'pipe', ...(asRoot ? { uid, gid } : {}) })
    await once(bystander.stdout, 'data')
    const pidFile = join(data, 'postmaster.pid')
    await writeFile(pidFile, (await readFile(pidFile, 'utf8')).replace(/^\d+/, String(bystander.pid)))
    const second = await start()
    expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }])
    expect(bystander.exitCode).toBeNull()
    bystander.stdin.end()
  })

  test('is refused while the process that runs the server lives', async () => {
    await start()
    await expect(start()).rejects.toThrow(`in use by the running process ${process.pid}`)
  })

  test('stops a server whose own Casement is gone', async () => {
    const orphan = await start()
    await query(orphan.url, 'create table kept as select 42 as answer')
    await writeFile(join(directory, 'postgres', 'owner'), `${process.pid} started-in-another-life\n`)
    const next = await start()
    expect(await findProcess(orphan.pid)).toBeNull()
    expect(await query(next.url, 'select * from kept')).toEqual([{ answer: 42 }])
  })

  test('refuses data of another major version', async () => {
    await (await start()).stop()
    await writeFile(join(directory, 'postgres', 'data', 'PG_VERSION'), '14\n')
    await expect(start()).rejects.toThrow(/made by PostgreSQL 14, but 18 is installed/)
  })
})

describe('an end that nobody asked for', () => {
  test('is reported', async () => {
    const { pid, crashed } = await start()
    process.kill(pid, 'SIGKILL')
    expect((await crashed).message).toMatch(/ended with SIGKILL/)
  })

  test('of the process that started it ends the server, after kill -9 too', async () => {
    const { parent, serverPid } = await startInOtherProcess()
    parent.kill('SIGKILL')
    expect(await waitUntilGone(serverPid, 20_000)).toBe(true)
  })

  test('does not disturb a start that follows at once', async () => {
    const { parent } = await startInOtherProcess()
    parent.kill('SIGKILL')
    await once(parent, 'exit')
    expect(await query((await start()).url, 'select 1 as one')).toEqual([{ one: 1 }])
  })
})

test('errors of statements do not bring message texts into the log', async () => {
  const lines: string[] = []
  const { url } = await start({
    log: createLogger({ level: 'trace', destination: { write: (line) => lines.push(line) } }),
  })
  await query(url, `select 'hello dear customer'::text::integer`).catch(() => {})
  await query(
    url,
    `create table t (id text primary key); insert into t values ('5511987654321'), ('5511987654321')`,
  ).catch(() => {})
  await started[0]?.stop()
  expect(lines.join('')).toContain('database system is shut down')
  expect(lines.join('')).not.toMatch(/dear customer|5511987654321/)
})

describe('binaries', () => {
  test('are repaired when no install script ran: modes and links', async () => {
    const binaries = await copyOfBinaries()
    await chmod(binaries.postgres, 0o644)
    await makeRunnable(binaries)
    expect((await stat(binaries.postgres)).mode & 0o555).toBe(0o555)
    expect((await lstat(join(dirname(binaries.postgres), '..', 'lib', 'libicuuc.so.60'))).isSymbolicLink()).toBe(true)
    expect(await query((await start({ binaries })).url, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('that cannot be run are an error that says what to do', async () => {
    const binaries = { postgres: join(directory, 'nothing'), initdb: join(directory, 'nothing') }
    await expect(start({ binaries })).rejects.toThrow(/ordinary user.*DATABASE_URL/)
  })

  test.runIf(asRoot)('and data are reached as root through directories closed to everybody else', async () => {
    const binaries = await copyOfBinaries()
    await makeRunnable(binaries)
    await chmod(directory, 0o700)
    const first = await start({ binaries })
    await query(first.url, 'create table kept as select 42 as answer')
    await first.stop()
    const second = await start({ binaries })
    expect(await query(second.url, 'select * from kept')).toEqual([{ answer: 42 }])
    expect((await stat(`/proc/${second.pid}`)).uid).not.toBe(0)
  })
})

/** As a package manager unpacks them that runs no install scripts: without links. */
async function copyOfBinaries(): Promise<PostgresBinaries> {
  const { postgres } = await locateBinaries()
  const native = join(dirname(postgres), '..')
  const copy = join(directory, 'package', 'native')
  await cp(native, copy, { recursive: true, filter: async (path) => !(await lstat(path)).isSymbolicLink() })
  return { postgres: join(copy, 'bin', 'postgres'), initdb: join(copy, 'bin', 'initdb') }
}

async function startInOtherProcess(): Promise<{ parent: ChildProcess; serverPid: number }> {
  const source = (name: string): string => JSON.stringify(fileURLToPath(new URL(`../../src/${name}`, import.meta.url)))
  const script = `
    import { startEmbeddedPostgres } from ${source('embedded/postgres.ts')}
    import { createLogger } from ${source('log.ts')}
    const dataDir = ${JSON.stringify(join(directory, 'postgres'))}
    const server = await startEmbeddedPostgres({ dataDir, log: createLogger({ level: 'silent' }), ephemeral: true })
    console.log(server.pid)`
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string]
  return { parent, serverPid: Number(line) }
}
