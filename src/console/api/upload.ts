import { urlOf } from './client.ts'
import { ApiFailure, failureOf } from './failure.ts'
import { sessionStore, signedOut } from './session.ts'

/** A file that goes to the API, with how much of it is there; `fetch` does not tell that. */
export interface Upload<T> {
  done: Promise<T>
  stop(): void
}

/** @param onSent how much of it went out, between 0 and 1 */
export function upload<T>(path: string, file: Blob, type: string, onSent: (share: number) => void): Upload<T> {
  const request = new XMLHttpRequest()
  const done = new Promise<T>((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total }) => onSent(total === 0 ? 1 : loaded / total)
    request.onload = async () => {
      const answer = new Response(request.responseText, {
        status: request.status,
        headers: { 'x-request-id': request.getResponseHeader('x-request-id') ?? '' },
      })
      if (answer.ok) return resolve((await answer.json()) as T)
      if (answer.status === 401) signedOut(false)
      reject(await failureOf(answer))
    }
    request.onerror = () => reject(new ApiFailure('expected an answer, got none', { status: 0, code: 'unreachable' }))
    request.onabort = () => reject(new ApiFailure('stopped', { status: 0, code: 'stopped' }))
  })
  request.open('POST', urlOf(path))
  request.setRequestHeader('content-type', type)
  request.setRequestHeader('x-csrf-token', sessionStore.get().who?.session.csrf_token ?? '')
  request.send(file)
  return { done, stop: () => request.abort() }
}
