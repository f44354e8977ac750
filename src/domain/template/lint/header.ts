import { isRecord } from '../../content/template-message.ts'
import { type LintContext, upper } from './report.ts'
import { lintText } from './text.ts'

const HEADER_MAX = 60
const WITH_SAMPLE = ['IMAGE', 'VIDEO', 'DOCUMENT', 'GIF']

/** Source: Meta, templates/components, header (read 2026-11). Formats that Meta added later are passed. */
export function lintHeader(component: Record<string, unknown>, path: string, context: LintContext): void {
  const format = upper(component.format ?? 'TEXT')
  const at = `${path}.format`
  if (format === 'TEXT') lintText(component, 'header', { max: HEADER_MAX, maxVariables: 1 }, path, context)
  if (WITH_SAMPLE.includes(format)) lintSample(component, path, context)
  if (format === 'GIF') {
    if (context.category !== 'MARKETING') context.report(at, 'gif_category')
    context.warn(at, 'gif_elsewhere')
  }
}

/** Hosts of Meta's: an address there is what Meta shows of a sample it has already. */
const META_HOSTS = /(^|\.)(whatsapp\.(net|com)|fbcdn\.net|fbsbx\.com|facebook\.com)$/

/** A handle of the Resumable Upload API. Some were approved with an address, none is known with the id of a medium. */
function lintSample(component: Record<string, unknown>, path: string, { report, warn }: LintContext): void {
  const handles = isRecord(component.example) ? component.example.header_handle : undefined
  const [handle] = Array.isArray(handles) ? handles : [handles]
  const at = `${path}.example.header_handle`
  if (typeof handle !== 'string' || handle.trim() === '') {
    report(at, 'sample_missing')
    return
  }
  if (/^\d+$/.test(handle)) warn(at, 'sample_is_medium')
  const host = /^https?:/i.test(handle) ? URL.parse(handle)?.hostname : undefined
  if (host !== undefined && !META_HOSTS.test(host)) {
    warn(at, 'sample_is_address')
  }
}
