import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text as readAll } from 'node:stream/consumers'
import pc from 'picocolors'
import { onTestFinished } from 'vitest'
import { run } from '../../src/cli/program.ts'

export interface CliRun {
  code: number
  stdout: string
  stderr: string
}

/** Runs one command line in this process, with nothing of the developer's environment. */
export async function runCli(args: readonly string[], env: Record<string, string> = {}): Promise<CliRun> {
  const stdout: string[] = []
  const stderr: string[] = []
  const colors = pc.createColors(false)
  const terminal = {
    print: (text: string) => void stdout.push(text),
    note: (text: string) => void stderr.push(text),
    write: async (text: string) => void stdout.push(text),
    colors,
    noteColors: colors,
    live: () => null,
  }
  const given = env.CASEMENT_DATA_DIR === undefined ? { CASEMENT_DATA_DIR: emptyDirectory(), ...env } : env
  const code = await run(args, { terminal, env: given })
  return { code, stdout: stdout.join('\n'), stderr: stderr.join('\n') }
}

export function emptyDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'casement-cli-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

export interface ApiCall {
  method: string
  /** With its query. */
  path: string
  authorization: string | undefined
  type: string | undefined
  body: unknown
}

export interface FakeApi {
  url: string
  calls: ApiCall[]
}

interface FakeAnswer {
  status?: number
  /** JSON, or a text that is none. */
  body: unknown
}

/** An HTTP server that answers what the test says and remembers what it was asked. */
export async function startFakeApi(answer: (call: ApiCall, index: number) => FakeAnswer): Promise<FakeApi> {
  const calls: ApiCall[] = []
  const server = createServer(async (request, response) => {
    const call = await readCall(request)
    calls.push(call)
    const { status = 200, body } = answer(call, calls.length - 1)
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls }
}

async function readCall(request: IncomingMessage): Promise<ApiCall> {
  const body = await readAll(request)
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    authorization: request.headers.authorization,
    type: request.headers['content-type'],
    body: body === '' ? undefined : request.headers['content-type'] === 'application/json' ? JSON.parse(body) : body,
  }
}

/** An intent as the API shows it, enough of it for the command line. */
export function intentAs(state: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: '0192f1c0-7a54-7c3e-9d0a-0f6c3b1f5a10',
    state,
    reason: null,
    sender: '106540352242922',
    to: { wa_id: '5511987654321', user_id: null },
    message: { type: 'text', text: { body: 'a secret between two people' } },
    when_closed: 'hold',
    priority: 'reply',
    delivery: 'at_least_once',
    send_at: '2026-11-22T09:00:00.000Z',
    due_at: null,
    expires_at: '2026-11-29T09:00:00.000Z',
    sent_as: null,
    wamid: null,
    delivery_status: null,
    cost: null,
    attempts: [],
    decisions: [],
    follow_up: null,
    follow_up_of: null,
    ...more,
  }
}
