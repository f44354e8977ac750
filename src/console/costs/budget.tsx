import { Button, MultiSelect, NumberInput, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import type { components } from '../api/schema.d.ts'

type Money = components['schemas']['Budget']

const HELD = ['marketing', 'utility', 'authentication', 'service'] as const

interface Props {
  budget: Money | null
  /** Of the account, where there is one; a budget in another holds nothing. */
  currency?: string | null
  isSaving: boolean
  onSave(budget: Money | null): void
}

/** What may be spent in a month, when it is warned, and what waits once it is spent. */
export function Budget({ budget, currency: own = null, isSaving, onSave }: Props) {
  const t = useTranslations('costs')
  const categories = useTranslations('categories')
  const [amount, setAmount] = useState(budget?.amount ?? '')
  const [currency, setCurrency] = useState(budget?.currency ?? own ?? 'USD')
  const [warnAt, setWarnAt] = useState(Math.round((budget?.warn_at ?? 0.8) * 100))
  const [hold, setHold] = useState<string[]>(budget?.hold ?? ['marketing'])
  return (
    <form
      className="step"
      onSubmit={(event) => {
        event.preventDefault()
        onSave({ amount: amount.trim(), currency, warn_at: warnAt / 100, hold: hold as Money['hold'] })
      }}
    >
      <h2>{t('budget')}</h2>
      <p className="hint">{budget === null ? t('noBudget') : t('budgetAbout')}</p>
      <div className="two">
        <TextInput
          label={t('perMonth')}
          inputMode="decimal"
          required
          placeholder="250.00"
          value={amount}
          onChange={(event) => setAmount(event.target.value)}
        />
        <TextInput
          label={t('currency')}
          required
          maxLength={3}
          value={currency}
          onChange={(event) => setCurrency(event.target.value.toUpperCase())}
        />
        <NumberInput
          label={t('warnAt')}
          min={1}
          max={100}
          suffix=" %"
          value={warnAt}
          onChange={(value) => setWarnAt(Number(value))}
        />
        <MultiSelect
          label={t('holds')}
          data={HELD.map((value) => ({ value, label: categories(value) }))}
          value={hold}
          onChange={setHold}
        />
      </div>
      <div className="card-actions">
        <Button type="submit" loading={isSaving}>
          {t('setBudget')}
        </Button>
        {budget !== null && (
          <Button variant="default" onClick={() => onSave(null)}>
            {t('removeBudget')}
          </Button>
        )}
      </div>
    </form>
  )
}
