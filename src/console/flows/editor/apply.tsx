import { Radio } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Confirm } from '../../parts/confirm.tsx'
import { type Flow, flowQuery, type OnEdit } from '../queries.ts'
import type { Checked } from './checking.ts'
import { isSaid, Migrating } from './migrating.tsx'
import type { TakeOver } from './take-over.ts'

interface Props {
  /** In the document: it may be that of another flow than the one that was opened. */
  name: string
  flow: Flow | null
  checked: Checked
  /** What the document itself says of live runs. */
  onEdit: OnEdit
  isBusy: boolean
  onTakeOver(takeOver: TakeOver): void
  onApply(onEdit: OnEdit | null): void
  onClose(): void
}

const CHOICES = ['document', 'finish', 'migrate', 'end'] as const

/** Asked once; where there are live runs, with what becomes of them. */
export function Apply({ name, flow, checked, onEdit, isBusy, onTakeOver, onApply, onClose }: Props) {
  const t = useTranslations('flows')
  const [choice, setChoice] = useState<(typeof CHOICES)[number]>('document')
  const { data: there } = useQuery({ ...flowQuery(name), enabled: flow?.name !== name, retry: false })
  const replaced = flow?.name === name ? flow : there
  const waiting = replaced?.counts.waiting ?? 0
  const { migration, isOld } = checked
  const migrates = waiting > 0 && (choice === 'document' ? onEdit : choice) === 'migrate'
  const isOpen = migrates && migration !== null && !isSaid(migration)
  return (
    <Confirm
      title={replaced ? t('applyAsked', { name, version: replaced.version + 1 }) : t('applyNewAsked', { name })}
      go={t('apply')}
      isBusy={isBusy}
      isBlocked={isOpen || isOld || checked.problems.length > 0}
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
              <Radio
                key={one}
                value={one}
                label={one === 'document' ? t('onEdit.document', { what: t(`onEdit.${onEdit}`) }) : t(`onEdit.${one}`)}
              />
            ))}
          </div>
        </Radio.Group>
      )}
      {migrates && migration && <Migrating migration={migration} onChange={onTakeOver} />}
    </Confirm>
  )
}
