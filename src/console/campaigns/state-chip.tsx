import { CheckIcon, ClockIcon, MinusIcon, PauseIcon, Pencil1Icon, PlayIcon } from '@radix-ui/react-icons'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Chip, type Tone } from '../parts/chip.tsx'
import type { CampaignState } from './queries.ts'

const LOOKS: Record<CampaignState, { tone: Tone; mark: ReactNode }> = {
  draft: { tone: 'quiet', mark: <Pencil1Icon /> },
  scheduled: { tone: 'info', mark: <ClockIcon /> },
  running: { tone: 'good', mark: <PlayIcon /> },
  paused: { tone: 'warn', mark: <PauseIcon /> },
  finished: { tone: 'good', mark: <CheckIcon /> },
  cancelled: { tone: 'quiet', mark: <MinusIcon /> },
}

export function CampaignChip({ state }: { state: CampaignState }) {
  const t = useTranslations('campaigns.states')
  const { tone, mark } = LOOKS[state]
  return (
    <Chip tone={tone} icon={mark}>
      {t(state)}
    </Chip>
  )
}
