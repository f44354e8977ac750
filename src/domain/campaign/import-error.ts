import type { SaidValues } from '../said.ts'

/**
 * What is wrong with a line of a list. `duplicate` and the three of an invalid line are not accepted; who is `opted_out` or `unreachable` is
 * on the list, and is not reached as things stand.
 */
export const IMPORT_CODES = ['duplicate', 'invalid', 'encoding', 'columns', 'opted_out', 'unreachable'] as const
export type ImportCode = (typeof IMPORT_CODES)[number]

export interface ImportError {
  /** Of the file; its header is in line 1. */
  line: number
  /** As it stood there; of somebody who is on the list in the one spelling. */
  to: string | null
  code: ImportCode
  reason: string
  /** What the reason says, whatever the language, and what is filled in. */
  reason_code: string
  reason_values: SaidValues
}

/** Why nothing of a list is there: a word, and a sentence for whoever sent it. */
export interface UploadFailure {
  code: string
  text: string
}

export const INTERRUPTED: UploadFailure = {
  code: 'interrupted',
  text: 'Whoever took it in ended before all of it was there. Nothing of it is on the list: ask for it again.',
}
