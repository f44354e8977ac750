import { randomBytes, randomUUID } from 'node:crypto'
import { GraphError } from '../graph-error.ts'
import type { Json } from '../records.ts'
import { type GraphCall, queryOf } from './call.ts'

/*
 * The Resumable Upload API, as far as samples of templates need it: a session for a file of a length and a type, and its bytes in one go.
 * Source: Meta, graph-api/guides/upload (read 2026-11).
 */

const TYPES: readonly string[] = ['application/pdf', 'image/jpeg', 'image/jpg', 'image/png', 'video/mp4']

/** `POST /{app_id}/uploads` */
export function openUpload(call: GraphCall): Json {
  const { file_length, file_type } = queryOf(call.request)
  const bytes = Number(file_length)
  if (!Number.isInteger(bytes) || bytes <= 0) {
    throw new GraphError(100, '', { message: '(#100) Param file_length must be the number of bytes of the file' })
  }
  if (file_type === undefined || !TYPES.includes(file_type)) {
    throw new GraphError(100, '', { message: `(#100) Param file_type must be one of {${TYPES.join(', ')}}` })
  }
  const id = `upload:${Buffer.from(`1:attachment:${randomUUID()}`).toString('base64')}`
  call.world.ledger.uploads.set(id, { appId: call.token.appId, type: file_type, bytes })
  return { id: `${id}?sig=${randomBytes(12).toString('base64url')}` }
}

/** `POST /upload:{session}`, with the bytes as body and `file_offset` as a header. Answers the handle. */
export function fillUpload(call: GraphCall, id: string): Json {
  const { ledger } = call.world
  const upload = ledger.uploads.get(id)
  if (!upload || upload.appId !== call.token.appId) {
    throw new GraphError(100, '', {
      message: 'Unsupported post request. The upload session does not exist.',
      subcode: 33,
    })
  }
  const { headers } = call.request
  if (!/^OAuth /.test(headers.authorization ?? '') || headers.file_offset !== '0') {
    throw new GraphError(100, '', { message: '(#100) Expected Authorization: OAuth and file_offset: 0' })
  }
  const body = Buffer.isBuffer(call.request.body) ? call.request.body : Buffer.alloc(0)
  if (body.length !== upload.bytes) {
    throw new GraphError(100, '', { message: `(#100) Expected ${upload.bytes} bytes, got ${body.length}` })
  }
  ledger.uploads.delete(id)
  const part = (text: string) => Buffer.from(text).toString('base64')
  const handle = `4::${part(upload.type)}:ARb${randomBytes(24).toString('base64url')}:e:${Math.floor(call.world.clock.now() / 1000)}:${upload.appId}`
  return { h: handle }
}
