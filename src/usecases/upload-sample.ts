import type { Readable } from 'node:stream'
import type { GraphAnswer } from '../graph/answer.ts'
import type { SampleAnswer, SampleFile } from '../graph/sample-upload.ts'
import type { DebuggedToken, WireApp } from '../graph/wire.ts'
import { type Answer, done, invalid, refused } from './answer.ts'
import { refusalOf } from './graph-refusal.ts'

/* The sample that stands in the header of a template: a file at Meta's, and the handle that a creation names it by. */

export interface UploadSampleIo {
  /** `META_APP_ID`; null: Meta is asked. */
  appId: string | null
  debugToken(inputToken: string, accessToken: string): Promise<GraphAnswer<DebuggedToken>>
  readApp(accessToken: string): Promise<GraphAnswer<WireApp>>
  upload(file: SampleFile): Promise<SampleAnswer>
}

export interface Sample {
  /** As the client announced it, parameters included. */
  type: string | undefined
  /** As the client announced it. */
  bytes: number | null
  stream: Readable
}

const MIB = 1024 * 1024

/**
 * Largest sample by media type. Source: Meta, business-phone-numbers/media, supported media types, and templates/components (read
 * 2026-11): a header shows images, videos (a GIF is one) and documents.
 */
const LIMITS: readonly { types: RegExp; mib: number; are: string }[] = [
  { types: /^image\/(jpeg|png)$/, mib: 5, are: 'image/jpeg and image/png' },
  { types: /^video\/(mp4|3gpp)$/, mib: 16, are: 'video/mp4 and video/3gpp' },
  {
    types:
      /^(text\/plain|application\/(pdf|msword|vnd\.ms-(excel|powerpoint)|vnd\.openxmlformats-officedocument\.[\w.]+))$/,
    mib: 100,
    are: 'documents (application/pdf, text/plain and those of Office)',
  },
]

/** @param share of whom there are at most so many uploads at once */
export async function uploadSample(
  io: UploadSampleIo,
  accessToken: string,
  share: string,
  sample: Sample,
): Promise<Answer<string>> {
  const checked = checkSample(sample)
  if (!checked.ok) return checked
  const app = await appOf(io, accessToken)
  if (!app.ok) return app
  const { type, bytes } = checked.value
  const answer = await io.upload({ appId: app.value, accessToken, type, bytes, stream: sample.stream, share })
  switch (answer.kind) {
    case 'ok':
      return done(answer.value.handle)
    case 'busy':
      return refused({ status: 503, code: 'busy', message: 'too many uploads at once; try again' })
    case 'slow': {
      const message = 'expected the body to keep arriving, and to end in time'
      return refused({ status: 408, code: 'timeout', message })
    }
    default:
      return refused(refusalOf(answer))
  }
}

/** Meta wants to know how long a file is before it comes. */
function checkSample({ type: announced, bytes }: Sample): Answer<{ type: string; bytes: number }> {
  const type = (announced ?? '').split(';')[0]?.trim().toLowerCase().replace('image/jpg', 'image/jpeg') ?? ''
  const limit = LIMITS.find(({ types }) => types.test(type))
  if (limit === undefined) {
    const allowed = LIMITS.map(({ are }) => are).join(', ')
    return invalid('Content-Type', `expected Content-Type to be that of the file, one of ${allowed}, got '${type}'`)
  }
  if (bytes === null || !Number.isSafeInteger(bytes) || bytes <= 0) {
    return invalid('Content-Length', 'expected Content-Length to say how long the file is, and a file behind it')
  }
  if (bytes <= limit.mib * MIB) return done({ type, bytes })
  const message = `expected at most ${limit.mib} MiB for ${type}, got ${bytes} bytes`
  return refused({ status: 413, code: 'too_large', message, field: 'body' })
}

/** A token names its app; where it may not look at itself, the app is asked for. */
async function appOf(io: UploadSampleIo, accessToken: string): Promise<Answer<string>> {
  if (io.appId !== null) return done(io.appId)
  const debugged = await io.debugToken(accessToken, accessToken)
  if (debugged.kind === 'ok' && debugged.value.app_id) return done(debugged.value.app_id)
  const app = await io.readApp(accessToken)
  if (app.kind === 'ok') return done(app.value.id)
  const refusal = refusalOf(app)
  return refused({
    ...refusal,
    message: `Meta does not tell the app of this token, so set META_APP_ID. ${refusal.message}`,
  })
}
