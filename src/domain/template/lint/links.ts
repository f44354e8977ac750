/**
 * Addresses in templates are https and say where they lead, since 2026-01-01. Meta names no list of shorteners; these are the ones that
 * people use most. Source: a third party's reading of Meta's policy (2026-10).
 */
const SHORTENERS: ReadonlySet<string> = new Set(
  'bit.ly tinyurl.com t.co goo.gl ow.ly is.gd buff.ly rebrand.ly cutt.ly t.ly shorturl.at rb.gy tiny.cc v.gd lnkd.in bl.ink short.io'.split(
    ' ',
  ),
)

/** Why an address may not stand in a template, as the end of a sentence; null when it may. */
export function whyNotLinked(url: string): string | null {
  if (/^http:/i.test(url)) return 'is to be https; Meta refuses http'
  const host = URL.parse(url.replace(/\{\{[^{}]*\}\}/g, 'x'))?.hostname.replace(/^www\./, '')
  if (host === undefined) return 'is to be an https address'
  return SHORTENERS.has(host) ? `leads through ${host}; write the address itself, for Meta refuses shorteners` : null
}

const ADDRESS = /https?:\/\/[^\s<>"']+/gi

/** That stands behind it. Not by a pattern: of points in the middle that one tries each to the end of them. */
function withoutPunctuation(address: string): string {
  let end = address.length
  while (end > 0 && ').,;:!?'.includes(address.charAt(end - 1))) end--
  return address.slice(0, end)
}

/** Of a text: why each address in it may not stand there. */
export function faultsOfLinks(text: string): string[] {
  return [...text.matchAll(ADDRESS)].flatMap(([address]) => {
    const why = whyNotLinked(withoutPunctuation(address))
    return why === null ? [] : [`has an address that ${why}`]
  })
}
