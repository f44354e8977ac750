/** What the address of the page says: how the list is cut, the one that is open, and the one that is written. */
export interface TemplateSearch {
  name?: string | undefined
  status?: string | undefined
  language?: string | undefined
  category?: string | undefined
  /** Also those that somebody hid, such as Meta's samples. */
  hidden?: true | undefined
  /** A template's id. */
  id?: string | undefined
  /** `new`, or the id of the one that is changed. */
  edit?: string | undefined
}

const TEXTS = ['name', 'status', 'language', 'category', 'id', 'edit'] as const

export function readTemplateSearch(search: Record<string, unknown>): TemplateSearch {
  const texts = TEXTS.flatMap((name) => {
    const value = search[name]
    return value === undefined || value === '' ? [] : [[name, String(value)] as const]
  })
  return { ...Object.fromEntries(texts), ...(search.hidden === true ? { hidden: true as const } : {}) }
}
