/** Deeper than any answer of Meta's; a guard for the walk. */
const MAX_DEPTH = 64
const TAKEN_OUT = '[removed]'

/**
 * The JSON of an answer with the access token taken out: Graph writes it into paging links, and quotes it in errors about tokens.
 * Undefined when the text is no JSON object or list, or nested without end.
 */
export function withoutToken(text: string, accessToken: string): unknown {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined
  const spellings = [
    ...new Set([
      accessToken,
      encodeURIComponent(accessToken),
      new URLSearchParams({ t: accessToken }).toString().slice(2),
    ]),
  ]
  const clean = (words: string) => spellings.reduce((rest, token) => rest.replaceAll(token, TAKEN_OUT), words)
  return walk(parsed, clean, 0)
}

function walk(value: unknown, clean: (text: string) => string, depth: number): unknown {
  if (typeof value === 'string') return clean(withoutAccessToken(value))
  if (typeof value !== 'object' || value === null) return value
  if (depth >= MAX_DEPTH) return undefined
  if (Array.isArray(value)) return value.map((item) => walk(item, clean, depth + 1))
  const copy: Record<string, unknown> = Object.create(null)
  for (const [name, member] of Object.entries(value)) {
    // Never asked for, since `fields` may not name it.
    if (name !== 'access_token') copy[clean(name)] = walk(member, clean, depth + 1)
  }
  return copy
}

/** An address keeps its other parameters; whatever stands there, also one of another token, goes. */
function withoutAccessToken(text: string): string {
  if (!/access_token/i.test(text)) return text
  const url = URL.parse(text)
  if (url === null) return text.replace(/(access_token["']?\s*[=:]\s*["']?)[^\s&"']+/gi, `$1${TAKEN_OUT}`)
  url.searchParams.delete('access_token')
  return url.href
}
