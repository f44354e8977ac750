import { createHash } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { GraphError } from '../graph-error.ts'
import type { Json, MediaRecord, NumberRecord } from '../records.ts'
import { expectScope, type GraphCall, queryOf } from './call.ts'

const MEGABYTE = 1024 * 1024

/** Largest upload by MIME type. Source: Meta, business-phone-numbers/media, supported media types (read 2026-11). */
const LIMITS: readonly { types: RegExp; bytes: number }[] = [
  { types: /^image\/webp$/, bytes: 500 * 1024 },
  { types: /^image\/(jpeg|png)$/, bytes: 5 * MEGABYTE },
  { types: /^video\/(mp4|3gpp|3gp)$/, bytes: 16 * MEGABYTE },
  { types: /^audio\/(aac|mp4|mpeg|amr|ogg|opus)/, bytes: 16 * MEGABYTE },
  {
    types:
      /^(text\/plain|application\/(pdf|msword|vnd\.ms-(excel|powerpoint)|vnd\.openxmlformats-officedocument\..+))$/,
    bytes: 100 * MEGABYTE,
  },
]

/** Media urls stop working after five minutes. Source: Meta, business-phone-numbers/media (read 2026-11). */
const URL_LIFETIME_MS = 5 * 60 * 1000

/** `POST /{phone_number_id}/media`: a multipart form; `messaging_product` may stand in the query instead. */
export async function uploadMedia(call: GraphCall, number: NumberRecord): Promise<Json> {
  expectScope(call.token, 'whatsapp_business_messaging')
  const form = await readForm(call)
  const query = queryOf(call.request)
  if ((form.get('messaging_product') ?? query.messaging_product) !== 'whatsapp') {
    throw new GraphError(100, '', { message: '(#100) The parameter messaging_product is required.' })
  }
  const file = form.get('file')
  if (!(file instanceof File)) throw new GraphError(100, '', { message: '(#100) The parameter file is required.' })
  const mimeType = typeOf(form, file)
  const limit = LIMITS.find((candidate) => candidate.types.test(mimeType))
  if (!limit) {
    throw new GraphError(100, '', {
      message: `(#100) Param file must be a file of a supported type. Received file of type '${mimeType}'.`,
    })
  }
  if (file.size > limit.bytes) {
    throw new GraphError(131053, `The file has ${file.size} bytes; ${mimeType} may have at most ${limit.bytes}.`)
  }
  const bytes = Buffer.from(await file.arrayBuffer())
  const media: MediaRecord = {
    id: call.world.ids.graphId(),
    phoneNumberId: number.id,
    mimeType,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    bytes,
    uploadedAt: call.world.clock.now(),
  }
  call.world.ledger.media.set(media.id, media)
  call.world.changed()
  return { id: media.id }
}

async function readForm(call: GraphCall): Promise<FormData> {
  const body = Buffer.isBuffer(call.request.body) ? call.request.body : Buffer.alloc(0)
  const type = call.request.headers['content-type'] ?? ''
  if (!type.startsWith('multipart/form-data')) throw new GraphError(100, 'A media upload is multipart/form-data.')
  try {
    return await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
  } catch {
    throw new GraphError(100, 'The multipart body cannot be read.')
  }
}

/** The `type` field decides over the part's own content type; parameters such as `codecs` do not matter. */
function typeOf(form: FormData, file: File): string {
  const given = form.get('type')
  const type = typeof given === 'string' && given.includes('/') ? given : file.type
  return type.split(';')[0]?.trim().toLowerCase() ?? ''
}

/** `GET /{media_id}` */
export function readMedia(call: GraphCall, media: MediaRecord): Json {
  expectOwner(call, media)
  const expires = call.world.clock.now() + URL_LIFETIME_MS
  const url = new URL('/whatsapp_business/attachments/', `${call.request.protocol}://${call.request.host}`)
  url.search = new URLSearchParams({ mid: media.id, ext: String(expires), hash: media.sha256.slice(0, 16) }).toString()
  return {
    messaging_product: 'whatsapp',
    url: url.href,
    mime_type: media.mimeType,
    sha256: media.sha256,
    file_size: media.bytes.length,
    id: media.id,
  }
}

/** `DELETE /{media_id}` */
export function deleteMedia(call: GraphCall, media: MediaRecord): Json {
  expectOwner(call, media)
  call.world.ledger.media.delete(media.id)
  call.world.changed()
  return { success: true }
}

/** `?phone_number_id=` asks that the media belong to that number. */
function expectOwner(call: GraphCall, media: MediaRecord): void {
  const { phone_number_id } = queryOf(call.request)
  if (phone_number_id === undefined || phone_number_id === media.phoneNumberId) return
  throw new GraphError(100, `Media ${media.id} does not belong to phone number ${phone_number_id}.`, { subcode: 33 })
}

/** The media url: the bytes, for a caller with a token, while the url is fresh. */
export function downloadMedia(call: GraphCall): FastifyReply {
  const { mid, ext } = queryOf(call.request)
  const media = call.world.ledger.media.get(mid ?? '')
  if (!media || !(Number(ext) > call.world.clock.now()))
    return call.reply.code(404).type('text/plain').send('URL expired')
  return call.reply.type(media.mimeType).send(media.bytes)
}
