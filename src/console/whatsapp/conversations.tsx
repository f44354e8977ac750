import { ActionIcon, Button, Loader, NativeSelect, TextInput } from '@mantine/core'
import { MagnifyingGlassIcon, Pencil2Icon } from '@radix-ui/react-icons'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { lazy, type RefObject, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import { usePolling, useSenders } from '../api/queries.ts'
import { useMaySend } from '../api/session.ts'
import { useStore } from '../api/store.ts'
import { News } from '../parts/news.tsx'
import { Empty, Failed } from '../parts/notice.tsx'
import { useStillAt } from '../parts/still-at.ts'
import { senderName } from '../senders/name.ts'
import { movedStore } from './heeding.ts'
import { keyOf, type Summary } from './model.ts'
import { conversationsQuery, countsQuery, firstPageOf } from './queries.ts'
import { Row } from './row.tsx'
import { type ChatSearch, FILTERS, type Filter } from './search.ts'

const NewMessage = lazy(() => import('./new-message.tsx').then(({ NewMessage }) => ({ default: NewMessage })))

const ROW_PX = 84
const TYPED_MS = 250

/** All conversations, or those that are looked for. A page is asked for before its rows are scrolled to; only what is seen is drawn. */
export function Conversations({ search }: { search: ChatSearch }) {
  const frame = useRef<HTMLElement>(null)
  const { filter, q, number, sort } = search
  const cut = { ...(filter && { filter }), ...(q && { q }), ...(number && { number }), ...(sort && { sort }) }
  const queries = useQueryClient()
  const polling = usePolling(4_000)
  const list = useInfiniteQuery({
    ...conversationsQuery(cut),
    // Read again as a whole only while it is one page: a reader far down would wait for all of them.
    refetchInterval: ({ state }) => (state.data !== undefined && state.data.pages.length > 1 ? false : polling),
  })
  /** From its beginning, where what has news stands: pages that were read further down are read again as they are scrolled to. */
  function readAnew() {
    frame.current?.querySelector('.list-rows')?.scrollTo({ top: 0 })
    queries.setQueryData(conversationsQuery(cut).queryKey, (lists) => lists && firstPageOf(lists))
    void list.refetch()
  }
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.data) ?? [], [list.data])

  return (
    <section ref={frame} className="list" aria-label={useTranslations('list')('title')}>
      <ListHead search={search} />
      <Moved frame={frame} onShow={readAnew} />
      {list.error && rows.length === 0 && <Failed error={list.error} onRetry={() => void list.refetch()} />}
      {list.isLoading && <Skeletons />}
      {list.data && rows.length === 0 && <NothingFound search={search} />}
      {rows.length > 0 && (
        <Rows
          rows={rows}
          open={search.chat}
          key={JSON.stringify(cut)}
          more={list.hasNextPage && !list.isFetchingNextPage ? () => void list.fetchNextPage() : null}
        />
      )}
      {list.isFetchingNextPage && <Loader size="xs" className="list-more" />}
    </section>
  )
}

function Rows({ rows, open, more }: { rows: Summary[]; open: string | undefined; more: (() => void) | null }) {
  const frame = useRef<HTMLDivElement>(null)
  // Another function each time would have all rows measured each time, a hundred thousand of them.
  const keyAt = useCallback((index: number) => keyOf(rows[index] as Summary), [rows])
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_PX,
    overscan: 3,
    getItemKey: keyAt,
  })
  const seen = virtual.getVirtualItems()
  const last = seen.at(-1)?.index ?? 0
  useEffect(() => {
    if (last >= rows.length - 15) more?.()
  }, [last, rows.length, more])

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by the keyboard
    <section ref={frame} className="list-rows" tabIndex={0} aria-label={useTranslations('list')('rows')}>
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {seen.map(({ index, start, key }) => {
          const conversation = rows[index] as Summary
          return (
            <div key={key} style={{ position: 'absolute', insetInline: 0, top: start, height: ROW_PX }}>
              <Row conversation={conversation} isOpen={keyOf(conversation) === open} />
            </div>
          )
        })}
      </div>
    </section>
  )
}

function ListHead({ search }: { search: ChatSearch }) {
  const t = useTranslations('list')
  const isHere = useStillAt('/whatsapp')
  const navigate = useNavigate()
  /** What one chooses is a step that back returns from; what one types is not. */
  const set = (change: Partial<ChatSearch>, replace = false) =>
    void navigate({ to: '/whatsapp', search: (former) => ({ ...former, ...change }), replace })
  const look = (q: string) => {
    if (isHere()) set({ q: q || undefined }, true)
  }
  const choose = (filter: Filter | undefined) => set({ filter })
  return (
    <div className="list-head">
      <div className="list-search">
        <NumberSelect chosen={search.number} onChoose={(number) => set({ number })} />
        <SearchField text={search.q ?? ''} onSearch={look} />
        <Write />
      </div>
      <fieldset className="filters" aria-label={t('filter')}>
        {[undefined, ...FILTERS].map((filter) => (
          <button
            key={filter ?? 'all'}
            type="button"
            className="filter"
            aria-pressed={search.filter === filter}
            onClick={() => choose(filter)}
          >
            {t(`filters.${filter ?? 'all'}`)}
            {filter && <Count filter={filter} number={search.number} />}
          </button>
        ))}
        <button
          type="button"
          className="filter"
          aria-pressed={search.sort === 'closing'}
          onClick={() => set({ sort: search.sort === 'closing' ? undefined : 'closing' })}
        >
          ↓ {t('closingSoonest')}
        </button>
      </fieldset>
    </div>
  )
}

/** How many it has; none is no number, and of very many it says how far they were counted. */
function Count({ filter, number }: { filter: Filter; number: string | undefined }) {
  const format = useFormatter()
  const { data } = useQuery(countsQuery(number))
  const count = data?.counts[filter] ?? 0
  if (data === undefined || count === 0) return null
  // Two words, to who listens.
  return (
    <>
      {' '}
      <span className="filter-count">
        {format.number(count)}
        {count >= data.at_most && '+'}
      </span>
    </>
  )
}

function NumberSelect({
  chosen,
  onChoose,
}: {
  chosen: string | undefined
  onChoose: (id: string | undefined) => void
}) {
  const t = useTranslations('list')
  const { data: senders = [] } = useSenders()
  if (senders.length < 2) return null
  return (
    <NativeSelect
      size="xs"
      aria-label={t('number')}
      data={[
        { value: '', label: t('allNumbers') },
        ...senders.map((sender) => ({ value: sender.phone_number_id, label: senderName(sender) })),
      ]}
      value={chosen ?? ''}
      onChange={(event) => onChoose(event.target.value || undefined)}
    />
  )
}

function Write() {
  const t = useTranslations('list')
  const maySend = useMaySend()
  const [isOpen, setOpen] = useState(false)
  if (!maySend) return null
  return (
    <>
      <ActionIcon variant="default" aria-label={t('write')} title={t('write')} onClick={() => setOpen(true)}>
        <Pencil2Icon />
      </ActionIcon>
      {isOpen && (
        <Suspense>
          <NewMessage onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}

/** Looks for what was typed once the typing rests. */
function SearchField({ text, onSearch }: { text: string; onSearch: (text: string) => void }) {
  const t = useTranslations('list')
  const [typed, setTyped] = useState(text)
  useEffect(() => {
    if (typed === text) return
    const timer = setTimeout(() => onSearch(typed), TYPED_MS)
    return () => clearTimeout(timer)
  })
  return (
    <TextInput
      size="xs"
      type="search"
      className="list-typed"
      aria-label={t('search')}
      placeholder={t('search')}
      leftSection={<MagnifyingGlassIcon />}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      data-search
    />
  )
}

function Moved({ frame, onShow }: { frame: RefObject<HTMLElement | null>; onShow: () => void }) {
  const t = useTranslations('list')
  const { size: count } = useStore(movedStore)
  const show = () => {
    movedStore.set(new Set())
    onShow()
  }
  return (
    <News count={count} frame={frame} scrolls=".list-rows" onShow={show}>
      {t('moved', { count })}
    </News>
  )
}

function NothingFound({ search }: { search: ChatSearch }) {
  const t = useTranslations('list')
  const navigate = useNavigate()
  const isCut = search.filter !== undefined || search.q !== undefined || search.number !== undefined
  if (!isCut) return <Empty title={t('none')}>{t('noneHint')}</Empty>
  return (
    <Empty title={t('noneFound')}>
      <Button
        size="xs"
        variant="default"
        onClick={() => void navigate({ to: '/whatsapp', search: search.chat ? { chat: search.chat } : {} })}
      >
        {t('clear')}
      </Button>
    </Empty>
  )
}

function Skeletons() {
  return (
    <div aria-hidden="true">
      {Array.from({ length: 8 }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
        <div key={index} className="skeleton-row" />
      ))}
    </div>
  )
}
