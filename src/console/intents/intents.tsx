import { Button, Select, Table, TextInput } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { usePolling } from '../api/queries.ts'
import { Empty, Failed } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { Wide } from '../parts/wide.tsx'
import { When } from '../time/when.tsx'
import { useReasonWords } from '../whatsapp/reasons.ts'
import { wordsOf } from '../whatsapp/words-of.ts'
import { type IntentRow, intentsQuery } from './queries.ts'
import { type IntentSearch, type IntentState, STATES } from './search.ts'
import { StateChip } from './state-chip.tsx'
import { Story } from './story.tsx'

const VIEWS = [
  ['all', undefined],
  ['heldOnes', 'held'],
  ['doubts', 'in_doubt'],
  ['deadLetters', 'failed'],
] as const

/** Everything that was asked for, with what became of it. */
export function Intents() {
  const t = useTranslations('intents')
  const search = useSearch({ from: '/intents' })
  const navigate = useNavigate()
  const set = (change: Partial<IntentSearch>) =>
    void navigate({ to: '/intents', search: (former) => ({ ...former, ...change }), replace: true })
  const polling = usePolling(5_000)
  const list = useInfiniteQuery({
    ...intentsQuery(search),
    refetchInterval: ({ state }) => (state.data !== undefined && state.data.pages.length > 1 ? false : polling),
  })
  const rows = list.data?.pages.flatMap((page) => page.data) ?? []
  const isCut = search.state !== undefined || search.q !== undefined

  return (
    <Page title={t('title')}>
      <div className="bar">
        <SearchField text={search.q ?? ''} onSearch={(q) => set({ q: q || undefined })} />
        <Select
          size="sm"
          aria-label={t('state')}
          placeholder={t('anyState')}
          clearable
          data={STATES.map((state) => ({ value: state, label: state.replace('_', ' ') }))}
          value={search.state ?? null}
          onChange={(state) => set({ state: (state ?? undefined) as IntentState | undefined })}
        />
        {VIEWS.map(([name, state]) => (
          <button
            key={name}
            type="button"
            className="filter"
            aria-pressed={search.state === state}
            onClick={() => set({ state })}
          >
            {t(name)}
          </button>
        ))}
      </div>
      {list.error && rows.length === 0 && <Failed error={list.error} onRetry={() => void list.refetch()} />}
      {list.data && rows.length === 0 && (
        <Empty title={isCut ? t('noneFound') : t('none')}>
          {isCut && (
            <Button size="xs" variant="default" onClick={() => set({ q: undefined, state: undefined })}>
              {t('clear')}
            </Button>
          )}
        </Empty>
      )}
      {rows.length > 0 && <Rows rows={rows} onOpen={(id) => set({ id })} />}
      {list.hasNextPage && (
        <div>
          <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('more')}
          </Button>
        </div>
      )}
      {search.id && <Story id={search.id} onClose={() => set({ id: undefined })} />}
    </Page>
  )
}

function SearchField({ text, onSearch }: { text: string; onSearch: (text: string) => void }) {
  const t = useTranslations('intents')
  const [typed, setTyped] = useState(text)
  return (
    <form
      className="wide-field"
      onSubmit={(event) => {
        event.preventDefault()
        onSearch(typed.trim())
      }}
    >
      <TextInput
        type="search"
        aria-label={t('search')}
        placeholder={t('search')}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={() => onSearch(typed.trim())}
      />
    </form>
  )
}

function Rows({ rows, onOpen }: { rows: IntentRow[]; onOpen: (id: string) => void }) {
  const t = useTranslations('intents')
  const words = useReasonWords()
  return (
    <Wide label={t('title')}>
      <Table miw={640} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('created')}</Table.Th>
            <Table.Th>{t('to')}</Table.Th>
            <Table.Th>{t('words')}</Table.Th>
            <Table.Th>{t('state')}</Table.Th>
            <Table.Th>{t('reason')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ id, created_at, to, message, state, reason }) => (
            <Table.Tr key={id}>
              <Table.Td>
                <button type="button" className="table-button" onClick={() => onOpen(id)}>
                  <When at={created_at} />
                </button>
              </Table.Td>
              <Table.Td>{to.wa_id === null ? to.user_id : `+${to.wa_id}`}</Table.Td>
              <Table.Td className="one-line">
                {[wordsOf(message).template, wordsOf(message).text].filter(Boolean).join(': ')}
              </Table.Td>
              <Table.Td>
                <StateChip state={state} />
              </Table.Td>
              <Table.Td>{reason && words(reason)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Wide>
  )
}
