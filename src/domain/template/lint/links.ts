import type { LintContext } from './report.ts'

/**
 * Addresses in templates are https and say where they lead, since 2026-01-01. Meta names no list of shorteners; these are the ones that
 * people use most. Source: a third party's reading of Meta's policy (2026-10).
 */
const SHORTENERS: ReadonlySet<string> = new Set(
  'bit.ly tinyurl.com t.co goo.gl ow.ly is.gd buff.ly rebrand.ly cutt.ly t.ly shorturl.at rb.gy tiny.cc v.gd lnkd.in bl.ink short.io'.split(
    ' ',
  ),
)

/** Why an address may not stand in a template: it is http, none at all, or leads through another. */
export type LinkFault = 'http' | 'none' | { through: string }

export function faultOfLink(url: string): LinkFault | null {
  if (/^http:/i.test(url)) return 'http'
  const host = URL.parse(url.replace(/\{\{[^{}]*\}\}/g, 'x'))?.hostname.replace(/^www\./, '')
  if (host === undefined) return 'none'
  return SHORTENERS.has(host) ? { through: host } : null
}

export function reportLink(fault: LinkFault, at: string, { report }: Pick<LintContext, 'report'>): void {
  if (typeof fault === 'object') report(at, 'link_shortened', { host: fault.through })
  else report(at, `link_${fault}`)
}

export function reportLinkInText(fault: LinkFault, at: string, { report }: LintContext): void {
  if (typeof fault === 'object') report(at, 'text_link_shortened', { host: fault.through })
  else report(at, `text_link_${fault}`)
}

const ADDRESS = /https?:\/\/[^\s<>"']+/gi

/** That stands behind it. Not by a pattern: of points in the middle that one tries each to the end of them. */
function withoutPunctuation(address: string): string {
  let end = address.length
  while (end > 0 && ').,;:!?'.includes(address.charAt(end - 1))) end--
  return address.slice(0, end)
}

/** Of a text: why each address in it may not stand there. */
export function faultsOfLinks(text: string): LinkFault[] {
  return [...text.matchAll(ADDRESS)].flatMap(([address]) => faultOfLink(withoutPunctuation(address)) ?? [])
}
