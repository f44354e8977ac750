import { useTranslations } from 'use-intl'
import { useDurations } from '../words/durations.ts'
import { useTicking } from './ticker.ts'
import { useWhen } from './when.tsx'

const MINUTE_MS = 60_000

/** How long ago, to the minute; exactly on hover. */
export function Ago({ at }: { at: string }) {
  const t = useTranslations('durations')
  const when = useWhen()
  const { exact } = useDurations()
  const minutes = useTicking((now) => Math.floor((now - Date.parse(at)) / MINUTE_MS))
  return (
    <time dateTime={at} title={when.exact(at)}>
      {minutes < 1 ? t('now') : t('ago', { duration: exact(minutes * MINUTE_MS) })}
    </time>
  )
}
