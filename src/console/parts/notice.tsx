import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { toFailure } from '../api/failure.ts'
import { Copy } from './copy.tsx'
import { useFailureWords } from './failure-words.ts'

export type NoticeTone = 'info' | 'warn' | 'bad' | 'good'

export function Notice({
  tone = 'info',
  title,
  children,
}: {
  tone?: NoticeTone
  title?: ReactNode
  children?: ReactNode
}) {
  return (
    <div className={`notice notice-${tone}`}>
      {title && <div className="notice-title">{title}</div>}
      {children}
    </div>
  )
}

/** What went wrong; what was expected and what came, in the API's words; and the id under which the log has the rest. */
export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const t = useTranslations('failed')
  const failure = toFailure(error)
  const { words, detail } = useFailureWords()(failure)
  return (
    <div className="notice notice-bad" role="alert">
      <div className="notice-title">{words}</div>
      {detail !== null && <div lang="en">{detail}</div>}
      {failure.requestId && (
        <div className="notice-id">
          {t('request')} <code>{failure.requestId}</code> <Copy text={failure.requestId} />
        </div>
      )}
      {onRetry && (
        <Button size="xs" variant="default" onClick={onRetry} mt={8}>
          {t('again')}
        </Button>
      )}
    </div>
  )
}

/** Says what would make something appear, and offers it. */
export function Empty({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children}
    </div>
  )
}
