export const SECTIONS = ['you', 'people', 'keys', 'endpoints', 'workspace', 'audit'] as const
export type Section = (typeof SECTIONS)[number]

export interface SettingsSearch {
  section?: Section | undefined
}

export function readSettingsSearch(search: Record<string, unknown>): SettingsSearch {
  const section = SECTIONS.find((name) => name === search.section)
  return section ? { section } : {}
}
