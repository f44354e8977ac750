import { Radio } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Confirm } from '../../parts/confirm.tsx'
import { type Flow, flowQuery, type OnEdit } from '../queries.ts'

interface Props {
  /** In the document: it may be that of another flow than the one that was opened. */
  name: string
  flow: Flow | null
  isBusy: boolean
  onApply(onEdit: OnEdit | null): void
  onClose(): void
}

const CHOICES = ['document', 'finish', 'migrate', 'end'] as const

/** Asked once; where there are live runs, with what becomes of them. */
export function Apply({ name, flow, isBusy, onApply, onClose }: Props) {
  const t = useTranslations('flows')
  const [choice, setChoice] = useState<(typeof CHOICES)[number]>('document')
  const { data: there } = useQuery({ ...flowQuery(name), enabled: flow?.name !== name, retry: false })
  const replaced = flow?.name === name ? flow : there
  const waiting = replaced?.counts.waiting ?? 0
  return (
    <Confirm
      title={replaced ? t('applyAsked', { name, version: replaced.version + 1 }) : t('applyNewAsked', { name })}
      go={t('apply')}
      isBusy={isBusy}
      onGo={() => onApply(waiting === 0 || choice === 'document' ? null : choice)}
      onClose={onClose}
    >
      {waiting === 0 ? (
        t('applyAbout')
      ) : (
        <Radio.Group
          label={t('liveRuns', { count: waiting })}
          value={choice}
          onChange={(chosen) => setChoice(chosen as typeof choice)}
        >
          <div className="told">
            {CHOICES.map((one) => (
              <Radio key={one} value={one} label={t(`onEdit.${one}`)} />
            ))}
          </div>
        </Radio.Group>
      )}
    </Confirm>
  )
}
