import { Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useMessages, useTranslations } from 'use-intl'
import { useSenders } from '../api/queries.ts'
import { senderName } from '../senders/name.ts'
import { type IntentCut, type IntentState, STATES } from './search.ts'

const VIEWS = [
  ['all', undefined],
  ['heldOnes', 'held'],
  ['doubts', 'in_doubt'],
  ['deadLetters', 'failed'],
] as const

interface Props {
  cut: IntentCut
  onCut(change: Partial<IntentCut>, replace?: boolean): void
}

/** Looks for one, or for those in a state, with a reason, from a number. */
export function CutBar({ cut, onCut }: Props) {
  const t = useTranslations('intents')
  const states = useTranslations('states')
  const { reasons } = useMessages()
  const { data: senders = [] } = useSenders()
  return (
    <div className="bar">
      <SearchField key={cut.q} text={cut.q ?? ''} onSearch={(q) => onCut({ q: q || undefined }, true)} />
      <Select
        aria-label={t('state')}
        placeholder={t('anyState')}
        clearable
        data={STATES.map((state) => ({ value: state, label: states(state) }))}
        value={cut.state ?? null}
        onChange={(state) => onCut({ state: (state ?? undefined) as IntentState | undefined })}
      />
      <Select
        aria-label={t('reason')}
        placeholder={t('anyReason')}
        clearable
        searchable
        data={Object.entries(reasons).map(([value, label]) => ({ value, label }))}
        value={cut.reason ?? null}
        onChange={(reason) => onCut({ reason: reason ?? undefined })}
      />
      {senders.length > 1 && (
        <Select
          aria-label={t('number')}
          placeholder={t('anyNumber')}
          clearable
          data={senders.map((sender) => ({ value: sender.phone_number_id, label: senderName(sender) }))}
          value={cut.number ?? null}
          onChange={(number) => onCut({ number: number ?? undefined })}
        />
      )}
      {cut.campaign && (
        <button type="button" className="filter" aria-pressed onClick={() => onCut({ campaign: undefined })}>
          {t('ofCampaign')}
        </button>
      )}
      {VIEWS.map(([name, state]) => (
        <button
          key={name}
          type="button"
          className="filter"
          aria-pressed={cut.state === state}
          onClick={() => onCut({ state, ...(state === undefined ? { reason: undefined, number: undefined } : {}) })}
        >
          {t(name)}
        </button>
      ))}
    </div>
  )
}

function SearchField({ text, onSearch }: { text: string; onSearch: (text: string) => void }) {
  const t = useTranslations('intents')
  const [typed, setTyped] = useState(text)
  const search = () => {
    if (typed.trim() !== text) onSearch(typed.trim())
  }
  return (
    <form
      className="wide-field"
      onSubmit={(event) => {
        event.preventDefault()
        search()
      }}
    >
      <TextInput
        type="search"
        aria-label={t('search')}
        placeholder={t('search')}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={search}
        data-search
      />
    </form>
  )
}
