export const FILTERS = ['open', 'closing', 'ended', 'never', 'waiting', 'handed_over'] as const
export type Filter = (typeof FILTERS)[number]

/** What the address of the page says: the conversation that is open, and how the list is cut. */
export interface ChatSearch {
  /** `<phone number id>/<wa_id or BSUID>`. A BSUID has a dot, which in a path would be a file's. */
  chat?: string | undefined
  filter?: Filter | undefined
  q?: string | undefined
  number?: string | undefined
  sort?: 'closing' | undefined
}

export function readChatSearch(search: Record<string, unknown>): ChatSearch {
  const text = (value: unknown) => (value === undefined || value === '' ? undefined : String(value))
  const filter = FILTERS.find((name) => name === search.filter)
  const chat = text(search.chat)
  const q = text(search.q)
  const number = text(search.number)
  return {
    ...(chat?.includes('/') ? { chat } : {}),
    ...(filter ? { filter } : {}),
    ...(q ? { q } : {}),
    ...(number ? { number } : {}),
    ...(search.sort === 'closing' ? { sort: 'closing' as const } : {}),
  }
}

export interface Chat {
  sender: string
  contact: string
}

export function chatOf(text: string | undefined): Chat | null {
  if (text === undefined) return null
  const slash = text.indexOf('/')
  return { sender: text.slice(0, slash), contact: text.slice(slash + 1) }
}
