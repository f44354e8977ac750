import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname, extname, resolve } from 'node:path'
import { Readable } from 'node:stream'
import type { Api } from './api.ts'
import { CommandFailed, messageOf } from './failure.ts'

/*
 * A header of a file needs a sample, and Meta takes its handle only. Where a document names a path or an address instead, the file is
 * uploaded first.
 */

const TYPES: Readonly<Record<string, string>> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.mp4': 'video/mp4',
  '.3gp': 'video/3gpp',
  '.pdf': 'application/pdf',
}

type Json = Record<string, unknown>

/**
 * The document with a handle wherever it named a file: in its own header and in those of its cards.
 *
 * @param file that the document was read from; paths in it start there
 * @param note told of each upload
 */
export async function withUploadedSamples(
  api: Api,
  wabaId: string,
  document: Json,
  file: string,
  note: (text: string) => void,
): Promise<Json> {
  const handles = new Map<string, Promise<string>>()
  const handleOf = (named: string) => {
    const known = handles.get(named) ?? upload(api, wabaId, named, dirname(resolve(file)), note)
    handles.set(named, known)
    return known
  }
  const components = await withHandles(document.components, handleOf)
  return components === document.components ? document : { ...document, components }
}

async function withHandles(components: unknown, handleOf: (named: string) => Promise<string>): Promise<unknown> {
  if (!Array.isArray(components)) return components
  const replaced = await Promise.all(
    components.map(async (component: unknown) => {
      if (!isRecord(component)) return component
      if (Array.isArray(component.cards)) {
        const cards = await Promise.all(
          component.cards.map(async (card: unknown) =>
            isRecord(card) ? { ...card, components: await withHandles(card.components, handleOf) } : card,
          ),
        )
        return { ...component, cards }
      }
      return withHandle(component, handleOf)
    }),
  )
  return replaced.every((component, i) => component === components[i]) ? components : replaced
}

async function withHandle(component: Json, handleOf: (named: string) => Promise<string>): Promise<Json> {
  const { type, example } = component
  if (typeof type !== 'string' || type.toUpperCase() !== 'HEADER' || !isRecord(example)) return component
  const named = example.header_handle
  const first: unknown = Array.isArray(named) ? named[0] : named
  if (typeof first !== 'string' || !namesFile(first)) return component
  return { ...component, example: { ...example, header_handle: [await handleOf(first)] } }
}

/** A handle begins with a digit and a colon (`4::aW1h…`), and no file here does. */
function namesFile(text: string): boolean {
  return !/^\d+:/.test(text) && (/^https?:\/\//.test(text) || TYPES[extname(text).toLowerCase()] !== undefined)
}

async function upload(
  api: Api,
  wabaId: string,
  named: string,
  directory: string,
  note: (text: string) => void,
): Promise<string> {
  note(`uploading ${named}`)
  const sample = /^https?:\/\//.test(named) ? await fetched(named) : await opened(resolve(directory, named))
  const answer = await api.upload(`/v1/templates/samples?waba_id=${encodeURIComponent(wabaId)}`, sample)
  const handle = isRecord(answer) ? answer.handle : undefined
  if (typeof handle === 'string') return handle
  throw new CommandFailed('the API answered no handle: is it another version of Casement?', {
    code: 'unexpected_answer',
  })
}

export interface FileToUpload {
  type: string
  bytes: number
  stream: ReadableStream<Uint8Array>
}

async function opened(path: string): Promise<FileToUpload> {
  const type = TYPES[extname(path).toLowerCase()]
  if (type === undefined) {
    throw new CommandFailed(`expected a file that ends in ${Object.keys(TYPES).join(', ')}, got ${path}`, {
      code: 'unreadable',
    })
  }
  try {
    const { size } = await stat(path)
    return { type, bytes: size, stream: Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array> }
  } catch (cause) {
    throw new CommandFailed(`cannot read ${path}: ${messageOf(cause)}`, { code: 'unreadable', cause })
  }
}

const FETCH_MS = 60_000

/** From the machine of whoever runs this, and as a whole: an address need not tell how long its file is. */
async function fetched(address: string): Promise<FileToUpload> {
  const unreadable = (why: string, cause?: unknown) =>
    new CommandFailed(`cannot fetch ${address}: ${why}`, {
      code: 'unreadable',
      ...(cause === undefined ? {} : { cause }),
    })
  const answer = await fetch(address, { signal: AbortSignal.timeout(FETCH_MS) }).catch((cause: unknown) => {
    throw unreadable(messageOf(cause), cause)
  })
  if (!answer.ok) throw unreadable(`HTTP status ${answer.status}`)
  const blob = await answer.blob()
  const told = (answer.headers.get('content-type') ?? '').split(';')[0]?.trim() ?? ''
  const type = Object.values(TYPES).includes(told) ? told : TYPES[extname(new URL(address).pathname).toLowerCase()]
  if (type === undefined) throw unreadable(`it is of the type '${told}', which no header shows`)
  return { type, bytes: blob.size, stream: blob.stream() }
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
