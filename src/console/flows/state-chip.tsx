import { CheckIcon, ClockIcon, PauseIcon, PlayIcon } from '@radix-ui/react-icons'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Chip, type Tone } from '../parts/chip.tsx'

const LOOKS: Record<'active' | 'paused' | 'waiting' | 'ended', { tone: Tone; mark: ReactNode }> = {
  active: { tone: 'good', mark: <PlayIcon /> },
  paused: { tone: 'warn', mark: <PauseIcon /> },
  waiting: { tone: 'info', mark: <ClockIcon /> },
  ended: { tone: 'quiet', mark: <CheckIcon /> },
}

/** Of a flow, or of a run. */
export function FlowChip({ state }: { state: keyof typeof LOOKS }) {
  const t = useTranslations('flows.states')
  const { tone, mark } = LOOKS[state]
  return (
    <Chip tone={tone} icon={mark}>
      {t(state)}
    </Chip>
  )
}
