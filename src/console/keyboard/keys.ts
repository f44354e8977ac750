/* Which key does what. Pure, but for what a page is made of. */

export const PLACES_BY_KEY = {
  w: '/whatsapp',
  t: '/templates',
  c: '/campaigns',
  f: '/flows',
  i: '/intents',
  s: '/senders',
  m: '/costs',
  e: '/settings',
} as const
export type Place = (typeof PLACES_BY_KEY)[keyof typeof PLACES_BY_KEY]

export type Deed =
  | { kind: 'go'; to: Place }
  | { kind: 'palette' | 'sheet' | 'next' | 'previous' | 'search' | 'reply' | 'back' }
  | { kind: 'prefix' }

export interface Pressed {
  key: string
  ctrl: boolean
  alt: boolean
  /** Something is being typed into. */
  inField: boolean
  /** A dialog is open, and has keys of its own. */
  inDialog: boolean
  /** `g` was pressed just before. */
  afterG: boolean
}

const PLAIN: Readonly<Record<string, Deed>> = {
  '?': { kind: 'sheet' },
  j: { kind: 'next' },
  k: { kind: 'previous' },
  '/': { kind: 'search' },
  r: { kind: 'reply' },
  g: { kind: 'prefix' },
  Escape: { kind: 'back' },
}

/** Null: the key is none of ours. What is typed is never taken for a command. */
export function deedOf({ key, ctrl, alt, inField, inDialog, afterG }: Pressed): Deed | null {
  if (ctrl && key.toLowerCase() === 'k') return { kind: 'palette' }
  if (ctrl || alt || inDialog) return null
  if (inField) return key === 'Escape' ? { kind: 'back' } : null
  if (afterG && key in PLACES_BY_KEY) return { kind: 'go', to: PLACES_BY_KEY[key as keyof typeof PLACES_BY_KEY] }
  return PLAIN[key] ?? null
}
