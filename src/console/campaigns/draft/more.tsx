import { Checkbox, NumberInput, Select, TextInput } from '@mantine/core'
import { useTranslations } from 'use-intl'
import type { ApiFailure } from '../../api/failure.ts'
import { useFieldWords } from '../../parts/failure-words.ts'
import { useZone } from '../../time/zones.ts'
import { type CampaignForm, MORE, type More, type SendAt } from './form.ts'

interface Props {
  more: More
  sendAt: SendAt
  failure: ApiFailure | null
  onChange(change: Pick<CampaignForm, 'more'>): void
}

const NIGHT = { from: '21:00', to: '08:00' }
const LATE = ['send_now', 'tomorrow', 'skip'] as const
const PERCENT = 100

/** What most campaigns leave as it is: opened where something is said, or wrong. */
export function MoreFields({ more, sendAt, failure, onChange }: Props) {
  const t = useTranslations('campaigns.extra')
  const zone = useZone()
  const wordsOf = useFieldWords()
  const set = (change: Partial<More>) => onChange({ more: { ...more, ...change } })
  const wrong = (field: string) => (failure?.field?.startsWith(field) ? wordsOf(failure) : undefined)
  const isSaid = MORE.some((name) => more[name] !== undefined) || MORE.some((name) => wrong(name) !== undefined)
  const { quiet_hours: quiet, budget, pause_when: pause, frequency_cap: cap } = more
  return (
    <details className="told" open={isSaid || undefined}>
      <summary>{t('title')}</summary>
      <div className="told">
        <Checkbox
          label={t('quiet')}
          description={t('quietAbout')}
          checked={quiet !== undefined}
          onChange={(event) => set({ quiet_hours: event.target.checked ? NIGHT : undefined })}
        />
        {quiet && (
          <div className="bar">
            {(['from', 'to'] as const).map((end) => (
              <TextInput
                key={end}
                type="time"
                label={t(`quietEnds.${end}`)}
                required
                value={quiet[end]}
                onChange={(event) => set({ quiet_hours: { ...quiet, [end]: event.target.value } })}
                error={wrong(`quiet_hours.${end}`)}
              />
            ))}
            <TextInput
              label={t('quietZone')}
              placeholder={zone}
              value={quiet.zone ?? ''}
              onChange={(event) => set({ quiet_hours: { ...quiet, zone: event.target.value.trim() || undefined } })}
              error={wrong('quiet_hours.zone')}
            />
          </div>
        )}
        <div className="two">
          {typeof sendAt === 'object' && sendAt.time_zone === 'recipient' && (
            <Select
              label={t('late')}
              allowDeselect={false}
              data={LATE.map((value) => ({ value, label: t(`lates.${value}`) }))}
              value={more.late ?? 'send_now'}
              onChange={(late) => set({ late: late === 'send_now' ? undefined : (late as More['late']) })}
              error={wrong('late')}
            />
          )}
          {sendAt !== '' && (
            <TextInput
              label={t('startWithin')}
              description={t('startWithinAbout')}
              placeholder="6h"
              value={more.start_within ?? ''}
              onChange={(event) => set({ start_within: event.target.value.trim() || undefined })}
              error={wrong('start_within')}
            />
          )}
          <TextInput
            label={t('validFor')}
            description={t('validForAbout')}
            placeholder="7d"
            value={more.valid_for ?? ''}
            onChange={(event) => set({ valid_for: event.target.value.trim() || undefined })}
            error={wrong('valid_for')}
          />
          <NumberInput
            label={t('pace')}
            description={t('paceAbout')}
            min={0.01}
            max={1_000}
            value={more.max_mps ?? ''}
            onChange={(value) => set({ max_mps: numberOr(value) })}
            error={wrong('max_mps')}
          />
        </div>
        <div className="bar">
          <NumberInput
            label={t('capMessages')}
            withAsterisk={cap !== undefined}
            description={t('capAbout')}
            placeholder="2"
            min={1}
            max={100}
            allowDecimal={false}
            value={cap?.messages ?? ''}
            onChange={(value) => setCap({ ...cap, messages: numberOr(value) })}
            error={wrong('frequency_cap')}
          />
          <NumberInput
            label={t('capDays')}
            withAsterisk={cap !== undefined}
            placeholder="7"
            min={1}
            max={90}
            allowDecimal={false}
            value={cap?.days ?? ''}
            onChange={(value) => setCap({ ...cap, days: numberOr(value) })}
          />
        </div>
        <div className="bar">
          <TextInput
            label={t('budget')}
            description={t('budgetAbout')}
            inputMode="decimal"
            placeholder="250.00"
            value={budget?.amount ?? ''}
            onChange={(event) => {
              const amount = event.target.value.trim().replace(',', '.')
              set({ budget: amount === '' ? undefined : { currency: budget?.currency ?? 'USD', amount } })
            }}
            error={wrong('budget')}
          />
          {budget && (
            <TextInput
              label={t('currency')}
              required
              className="short-field"
              maxLength={3}
              value={budget.currency}
              onChange={(event) => set({ budget: { ...budget, currency: event.target.value.toUpperCase() } })}
            />
          )}
        </div>
        <div className="bar">
          <NumberInput
            label={t('pauseShare')}
            description={t('pauseAbout')}
            suffix=" %"
            placeholder="25 %"
            min={0.1}
            max={PERCENT}
            value={pause?.share === undefined ? '' : Number((PERCENT * pause.share).toFixed(2))}
            onChange={(value) => {
              const share = numberOr(value)
              setPause({ ...pause, share: share === undefined ? undefined : share / PERCENT })
            }}
            error={wrong('pause_when')}
          />
          <NumberInput
            label={t('pauseAfter')}
            placeholder="200"
            min={1}
            max={100_000}
            allowDecimal={false}
            value={pause?.after ?? ''}
            onChange={(value) => setPause({ ...pause, after: numberOr(value) })}
          />
        </div>
      </div>
    </details>
  )

  function setCap(cap: NonNullable<More['frequency_cap']>) {
    const isSaid = cap.messages !== undefined || cap.days !== undefined
    set({ frequency_cap: isSaid ? cap : undefined })
  }
  function setPause(pause: NonNullable<More['pause_when']>) {
    const isSaid = pause.share !== undefined || pause.after !== undefined
    set({ pause_when: isSaid ? pause : undefined })
  }
}

function numberOr(value: string | number): number | undefined {
  return value === '' || Number.isNaN(Number(value)) ? undefined : Number(value)
}
