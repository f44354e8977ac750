/**
 * What an address says and the page knows, and nothing else: the router would leave what it was not told of where it is, and a word that
 * somebody mistyped would be asked of the API.
 */
export function strictly<Search extends object>(
  read: (search: Record<string, unknown>) => Search,
): (search: Record<string, unknown>) => Search {
  return (search) => {
    const nothing = Object.fromEntries(Object.keys(search).map((name) => [name, undefined]))
    return { ...nothing, ...read(search) }
  }
}
