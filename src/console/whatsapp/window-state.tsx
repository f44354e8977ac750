import { CircleBackslashIcon, LapTimerIcon, RocketIcon, StopwatchIcon } from '@radix-ui/react-icons'
import { useTranslations } from 'use-intl'
import { Chip } from '../parts/chip.tsx'
import { Countdown } from '../time/countdown.tsx'
import { useTicking } from '../time/ticker.ts'
import { useWhen } from '../time/when.tsx'
import { entryStateAt, type Summary, type WindowState, windowStateAt } from './model.ts'

export function useWindowState(conversation: Summary): WindowState {
  return useTicking((now) => windowStateAt(conversation, now))
}

/** The customer service window in a chip: what it is, and how long it stays so. It turns at zero by itself. */
export function WindowChip({ conversation }: { conversation: Summary }) {
  const t = useTranslations('window')
  const when = useWhen()
  const state = useWindowState(conversation)
  const { expires_at } = conversation.customer_service_window
  if (expires_at === null) {
    return (
      <Chip tone="quiet" icon={<CircleBackslashIcon />}>
        {t('never')}
      </Chip>
    )
  }
  const title = when.exact(expires_at)
  if (state === 'ended') {
    return (
      <Chip tone="quiet" icon={<CircleBackslashIcon />} title={title}>
        {t('ended')}
      </Chip>
    )
  }
  const tone = state === 'open' ? 'good' : 'warn'
  return (
    <Chip tone={tone} icon={state === 'open' ? <StopwatchIcon /> : <LapTimerIcon />} title={title}>
      <Countdown until={expires_at} /> <span className={state === 'open' ? 'for-readers' : ''}>{t(state)}</span>
    </Chip>
  )
}

/** The free entry point's own clock: reply before, or free until. Nothing where there is none. */
export function EntryChip({ conversation }: { conversation: Summary }) {
  const t = useTranslations('entry')
  const when = useWhen()
  const state = useTicking((now) => entryStateAt(conversation, now))
  const { reply_by, expires_at } = conversation.free_entry_point
  const until = state === 'reply_by' ? reply_by : expires_at
  if ((state !== 'reply_by' && state !== 'open') || until === null) return null
  return (
    <Chip tone="info" icon={<RocketIcon />} title={`${t(`${state}Hint`)}\n${when.exact(until)}`}>
      {t(state)} <Countdown until={until} />
    </Chip>
  )
}
