import { notifications } from '@mantine/notifications'
import { toFailure } from '../api/failure.ts'
import { Failed } from './notice.tsx'

/** A command that was refused, with the API's words. */
export function tellFailure(error: unknown): void {
  const failure = toFailure(error)
  // The sign-in over the page says it already.
  if (failure.status === 401) return
  notifications.show({ message: <Failed error={failure} />, withCloseButton: true, autoClose: 12_000, color: 'red' })
}

export function tellDone(message: string): void {
  notifications.show({ message, color: 'teal', autoClose: 4_000 })
}
