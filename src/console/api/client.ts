import createClient, { createQuerySerializer, type Middleware } from 'openapi-fetch'
import { confirmIdentity } from './confirming.ts'
import { ApiFailure, failureOf, toFailure } from './failure.ts'
import type { paths } from './schema.d.ts'
import { chosenWorkspace, sessionStore, signedOut } from './session.ts'

/*
 * The one way to the API. Every answer that is no success is thrown as an `ApiFailure`, so a caller awaits what it asked for. A session that
 * is over brings up the sign-in over the page; a command that asks for the password again asks for it and goes on.
 */

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
/** Answers 401 to a wrong password, which is no end of a session. */
const SIGN_IN = '/v1/session'

const ours: Middleware = {
  onRequest({ request }) {
    setToken(request)
    return request
  },
}

function setToken({ method, headers }: Request): void {
  const token = sessionStore.get().who?.session.csrf_token
  if (token !== undefined && WRITES.has(method)) headers.set('x-csrf-token', token)
}

const plain = createQuerySerializer<Record<string, unknown>>()

/** Every request says which workspace it is about, once one was chosen. */
function inWorkspace(query: Record<string, unknown>): string {
  const workspace = chosenWorkspace()
  return plain(workspace === null ? query : { workspace, ...query })
}

async function ask(request: Request): Promise<Response> {
  const again = request.clone()
  const answer = await fetch(request).catch((error: unknown) => {
    throw toFailure(error)
  })
  if (answer.ok) return answer
  const failure = await failureOf(answer)
  if (failure.code === 'confirm_required' && (await confirmIdentity())) return ask(again)
  if (failure.status === 401 && new URL(request.url).pathname !== SIGN_IN) signedOut(false)
  throw failure
}

const onTheirWay = new Map<string, Promise<Response>>()

/** A command that is given again before the first is answered, as by a double click, is the same one. */
async function askOnce(request: Request): Promise<Response> {
  const { method, url } = request
  if (!WRITES.has(method)) return ask(request)
  const key = [method, url, await request.clone().text()].join(' ')
  const answer = onTheirWay.get(key) ?? ask(request).finally(() => onTheirWay.delete(key))
  onTheirWay.set(key, answer)
  return (await answer).clone()
}

export const api = createClient<paths>({ baseUrl: location.origin, fetch: askOnce, querySerializer: inWorkspace })
api.use(ours)

/** The body of a success. */
export async function dataOf<T>(asked: Promise<{ data?: T; response: Response }>): Promise<T> {
  const { data, response } = await asked
  if (!response.ok) throw await failureOf(response)
  return data as T
}

/** For routes that the OpenAPI document leaves out: the controls of the sandbox. */
export async function askJson<T>(method: string, path: string, body?: unknown): Promise<T> {
  const request = new Request(urlOf(path), {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  setToken(request)
  const answer = await ask(request)
  return answer.status === 204 ? (null as T) : ((await answer.json()) as T)
}

/** A file as the body, with its own type; the document's client knows JSON only. */
export async function sendBytes<T>(path: string, file: File): Promise<T> {
  const type = file.type === '' ? 'application/octet-stream' : file.type
  const request = new Request(urlOf(path), { method: 'POST', body: file, headers: { 'content-type': type } })
  setToken(request)
  return (await (await ask(request)).json()) as T
}

/** A document as it was written, so that what is wrong with it has a line. */
export async function sendYaml<T>(method: 'POST' | 'PUT', path: string, text: string): Promise<T> {
  const headers = { 'content-type': 'application/yaml' }
  const request = new Request(urlOf(path), { method, body: text, headers })
  setToken(request)
  return (await (await ask(request)).json()) as T
}

/** Where something of the workspace is had: for links that download, too. */
export function urlOf(path: string): string {
  const url = new URL(path, location.origin)
  url.search = inWorkspace(Object.fromEntries(url.searchParams))
  return url.href
}

/** The beginning of a long answer, which is not read to its end. @returns whether it was all */
export async function readStart(path: string, mostCharacters: number): Promise<{ text: string; isAll: boolean }> {
  const answer = await ask(new Request(urlOf(path)))
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (reader && text.length < mostCharacters) {
    const { done, value } = await reader.read()
    if (done) return { text, isAll: true }
    text += value
  }
  await reader?.cancel()
  return { text, isAll: reader === undefined }
}

export { ApiFailure }
