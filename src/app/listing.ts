import { TooSlow } from '../store/pg/postgres.ts'
import { type Answer, refused } from '../usecases/answer.ts'

/** For a list; milliseconds. All are ranges of an index, so this is for one that PostgreSQL reads some other way. */
export const LIST_MS = 10_000

/** A list that takes too long is refused, with what would make it shorter. */
export async function inTime<T>(list: Promise<Answer<T>>, narrowedBy: string): Promise<Answer<T>> {
  try {
    return await list
  } catch (error) {
    if (!(error instanceof TooSlow)) throw error
    return refused({ status: 503, code: 'busy', message: `${error.message}; narrow the list by ${narrowedBy}` })
  }
}
