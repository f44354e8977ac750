import { ClockIcon, PauseIcon } from '@radix-ui/react-icons'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Chip, type Tone } from '../parts/chip.tsx'

const LOOKS: Record<string, { tone: Tone; mark: ReactNode }> = {
  APPROVED: { tone: 'good', mark: '✓' },
  PENDING: { tone: 'info', mark: <ClockIcon /> },
  REJECTED: { tone: 'bad', mark: '✕' },
  PAUSED: { tone: 'warn', mark: <PauseIcon /> },
  DISABLED: { tone: 'bad', mark: '✕' },
}

export function StatusChip({ status }: { status: string }) {
  const t = useTranslations('templates')
  const { tone, mark } = LOOKS[status] ?? { tone: 'quiet', mark: '–' }
  const known = `statuses.${status}` as 'statuses.APPROVED'
  return (
    <Chip tone={tone} icon={mark}>
      {t.has(known) ? t(known) : status.toLowerCase()}
    </Chip>
  )
}
