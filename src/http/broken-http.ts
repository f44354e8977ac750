import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { ApiError, errorBody } from './errors.ts'

/** Bytes that are no HTTP, or too much of it: there is no request yet, so the answer goes to the socket, in the API's shape. */
export function answerBrokenHttp(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy(error)
    return
  }
  const [line, refused] = refusalOf(error.code)
  const body = JSON.stringify(errorBody(refused))
  const head = `HTTP/1.1 ${line}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nX-Request-Id: ${randomUUID()}`
  socket.end(`${head}\r\nConnection: close\r\n\r\n${body}`)
}

function refusalOf(code: string | undefined): [statusLine: string, error: ApiError] {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return [
        '431 Request Header Fields Too Large',
        new ApiError(431, 'headers_too_large', 'expected less than 16 KiB of headers and path'),
      ]
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return ['408 Request Timeout', new ApiError(408, 'timeout', 'expected the request to arrive in time')]
    default:
      return ['400 Bad Request', new ApiError(400, 'malformed', 'expected an HTTP request')]
  }
}
