import { Select, Table } from '@mantine/core'
import { useState } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import { Listing } from '../../parts/listing.tsx'
import type { Migration } from './checking.ts'
import type { TakeOver } from './take-over.ts'

const RULES = ['end', 'finish'] as const

interface Props {
  migration: Migration
  onChange(takeOver: TakeOver): void
}

/** Which steps the new version does not have any more, how many people are in each, and where they go. What is chosen is written into the document. */
export function Migrating({ migration, onChange }: Props) {
  const t = useTranslations('flows.migrating')
  const format = useFormatter()
  const { vanishing, steps } = migration
  // What was chosen stands there at once; the document is checked after it.
  const [{ moved, removed }, setTakeOver] = useState<TakeOver>(migration)
  const set = (takeOver: TakeOver) => {
    setTakeOver(takeOver)
    onChange(takeOver)
  }
  const move = (step: string, to: string | null) => {
    const { [step]: _former, ...others } = moved
    set({ removed, moved: to === null ? others : { ...others, [step]: to } })
  }
  if (vanishing.length === 0) return <p className="hint">{t('none')}</p>
  const isLeft = vanishing.some(({ step }) => !(step in moved))
  return (
    <div className="told">
      <p>{t('about')}</p>
      <Listing label={t('title')} width={320} heads={[t('step'), t('people'), t('isNow')]}>
        {vanishing.map(({ step, runs }) => (
          <Table.Tr key={step}>
            <Table.Td>
              <code>{step}</code>
            </Table.Td>
            <Table.Td>{format.number(runs)}</Table.Td>
            <Table.Td>
              <Select
                size="xs"
                aria-label={t('isNowOf', { step })}
                placeholder={t('gone')}
                clearable
                searchable
                data={steps}
                value={moved[step] ?? null}
                onChange={(to) => move(step, to)}
              />
            </Table.Td>
          </Table.Tr>
        ))}
      </Listing>
      {isLeft && (
        <Select
          label={t('rule')}
          description={t('ruleAbout')}
          required
          searchable
          data={[
            ...RULES.map((value) => ({ value, label: t(`rules.${value}`) })),
            ...steps.filter(isNoRule).map((value) => ({ value, label: t('rules.step', { step: value }) })),
          ]}
          value={removed}
          onChange={(chosen) => set({ moved, removed: chosen })}
          error={removed === null ? t('unsaid') : undefined}
        />
      )}
    </div>
  )
}

/** A step that is called as a rule is meant by none. */
function isNoRule(step: string): boolean {
  return !(RULES as readonly string[]).includes(step)
}

/** Whether everybody has somewhere to go. */
export function isSaid({ vanishing, moved, removed }: Migration): boolean {
  return removed !== null || vanishing.every(({ step }) => step in moved)
}
