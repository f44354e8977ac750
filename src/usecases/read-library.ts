import type { Purview } from '../domain/access.ts'
import type { GraphAnswer } from '../graph/answer.ts'
import type { LibraryPage } from '../graph/wire.ts'
import { type Answer, done, invalid, refused, unknown } from './answer.ts'
import { refusalOf } from './graph-refusal.ts'
import type { Page } from './paging.ts'

/* Templates that Meta has written: one that is made from them is approved at once. */

export interface ReadLibraryIo {
  /** Of any account that the caller can see: the library belongs to nobody. Null: none is linked. */
  anyToken(purview: Purview): Promise<string | null>
  library(accessToken: string, query: Record<string, string>): Promise<GraphAnswer<LibraryPage>>
}

export interface LibraryQuery {
  search?: string | undefined
  language?: string | undefined
  topic?: string | undefined
  usecase?: string | undefined
  industry?: string | undefined
  cursor?: string | undefined
  limit: number
}

export type LibraryTemplate = Record<string, unknown>

/** Meta's cursor is handed out as ours is: opaque. */
export async function readLibrary(
  io: ReadLibraryIo,
  purview: Purview,
  { cursor, limit, ...filters }: LibraryQuery,
): Promise<Answer<Page<LibraryTemplate>>> {
  if (cursor !== undefined && !/^[\w=+/.-]{1,1024}$/.test(cursor)) {
    return invalid('cursor', 'expected cursor to be the next_cursor of a page before')
  }
  const token = await io.anyToken(purview)
  if (token === null) return unknown('sender_unknown', 'a linked sender, whose token Meta is asked with,')
  const asked = Object.entries(filters).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const query = {
    ...Object.fromEntries(asked),
    limit: String(limit),
    ...(cursor === undefined ? {} : { after: cursor }),
  }
  const answer = await io.library(token, query)
  if (answer.kind !== 'ok') return refused(refusalOf(answer))
  const { data, paging } = answer.value
  return done({ data, next_cursor: paging?.next ? (paging.cursors?.after ?? null) : null })
}
