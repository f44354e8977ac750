import type { Document } from './form.ts'

export interface ReadDocument {
  /** Null where it is no JSON, or no object. */
  document: Document | null
  /** Why it is no JSON. */
  problem: string | null
}

/** Whether it is a campaign is for the API to say. */
export function readDocument(text: string): ReadDocument {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return { document: isObject ? (value as Document) : null, problem: null }
  } catch (error) {
    return { document: null, problem: text === '' ? null : (error as Error).message }
  }
}
