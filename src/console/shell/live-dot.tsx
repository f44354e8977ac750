import { Tooltip } from '@mantine/core'
import { useTranslations } from 'use-intl'
import { livenessStore } from '../api/live.ts'
import { useStore } from '../api/store.ts'

/** Whether what is on screen is what is: on every page, in a word. */
export function LiveDot() {
  const t = useTranslations('live')
  const liveness = useStore(livenessStore)
  return (
    <Tooltip label={t(`${liveness}Hint`)}>
      <span className={`live live-${liveness}`} role="status">
        <span aria-hidden="true">{liveness === 'lost' ? '○' : '●'}</span>
        <span className="live-word">{t(liveness)}</span>
      </span>
    </Tooltip>
  )
}
