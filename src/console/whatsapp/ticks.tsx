import { useTranslations } from 'use-intl'

const MARKS = { accepted: '✓', sent: '✓', delivered: '✓✓', read: '✓✓', failed: '✕' } as const

/** How far a message came, as people know it from WhatsApp, and in a word. */
export function Ticks({ status, withWord = false }: { status: string | null; withWord?: boolean }) {
  const t = useTranslations('statuses')
  if (status === null || !(status in MARKS)) return null
  const known = status as keyof typeof MARKS
  return (
    <span className={`ticks ticks-${known}`}>
      <span aria-hidden="true">{MARKS[known]}</span> <span className={withWord ? '' : 'for-readers'}>{t(known)}</span>
    </span>
  )
}
