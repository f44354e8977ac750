import { useEffect, useState } from 'react'
import { useTranslations } from 'use-intl'
import { useTicking } from '../time/ticker.ts'
import { useWhen, When } from '../time/when.tsx'
import type { Summary } from './model.ts'
import { useWindowState } from './window-state.tsx'

export function DayLine({ at }: { at: string }) {
  const when = useWhen()
  return (
    <div className="line">
      <span>{when.day(at)}</span>
    </div>
  )
}

/** Stands in the thread where the session ended. */
export function SessionEndedLine({ conversation }: { conversation: Summary }) {
  const t = useTranslations('ended')
  const state = useWindowState(conversation)
  const { expires_at } = conversation.customer_service_window
  if (state !== 'ended' || expires_at === null) return null
  return (
    <div className="line line-ended">
      <span>
        {t('title')} <When at={expires_at} />
      </span>
    </div>
  )
}

const HOUR_MS = 3_600_000
const TEN_MINUTES_MS = 600_000

/** For screen readers: an hour before the end, ten minutes before, and the end, each once. */
export function WindowAnnouncer({ conversation }: { conversation: Summary }) {
  const t = useTranslations('ended')
  const end = Date.parse(conversation.customer_service_window.expires_at ?? '')
  const phase = useTicking((now) => {
    if (Number.isNaN(end)) return null
    if (now >= end) return 'title'
    if (end - now <= TEN_MINUTES_MS) return 'tenMinutes'
    return end - now <= HOUR_MS ? 'oneHour' : 'open'
  })
  const [first] = useState(phase)
  const [hasChanged, setChanged] = useState(false)
  useEffect(() => {
    if (phase !== first) setChanged(true)
  }, [phase, first])
  const isSaid = hasChanged && phase !== null && phase !== 'open'
  return (
    <div role="status" className="for-readers">
      {isSaid ? t(phase) : ''}
    </div>
  )
}
