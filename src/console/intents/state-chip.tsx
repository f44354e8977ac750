import {
  CheckIcon,
  ClockIcon,
  Cross2Icon,
  DotsHorizontalIcon,
  MinusIcon,
  PaperPlaneIcon,
  PauseIcon,
  QuestionMarkIcon,
} from '@radix-ui/react-icons'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Chip, type Tone } from '../parts/chip.tsx'
import type { IntentState } from './search.ts'

const LOOKS: Record<IntentState, { tone: Tone; mark: ReactNode }> = {
  scheduled: { tone: 'info', mark: <ClockIcon /> },
  queued: { tone: 'info', mark: <DotsHorizontalIcon /> },
  dispatching: { tone: 'info', mark: <PaperPlaneIcon /> },
  held: { tone: 'warn', mark: <PauseIcon /> },
  in_doubt: { tone: 'warn', mark: <QuestionMarkIcon /> },
  sent: { tone: 'good', mark: <CheckIcon /> },
  failed: { tone: 'bad', mark: <Cross2Icon /> },
  expired: { tone: 'quiet', mark: <ClockIcon /> },
  cancelled: { tone: 'quiet', mark: <MinusIcon /> },
  suppressed: { tone: 'quiet', mark: <MinusIcon /> },
}

export function StateChip({ state }: { state: IntentState }) {
  const t = useTranslations('states')
  const { tone, mark } = LOOKS[state]
  return (
    <Chip tone={tone} icon={mark}>
      {t(state)}
    </Chip>
  )
}
