import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useRef } from 'react'
import { useTranslations } from 'use-intl'
import { usePolling } from '../api/queries.ts'
import { useStore } from '../api/store.ts'
import { News } from '../parts/news.tsx'
import { Empty, Failed } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { Bulk } from './bulk.tsx'
import { CutBar } from './cut-bar.tsx'
import { newIntents } from './heeding.ts'
import { JobProgress } from './job-progress.tsx'
import { intentsQuery } from './queries.ts'
import { Rows } from './rows.tsx'
import { type IntentSearch, isCut } from './search.ts'
import { Story } from './story.tsx'

/** Everything that was asked for, with what became of it. */
export function Intents() {
  const t = useTranslations('intents')
  const { id, job, ...cut } = useSearch({ from: '/intents' })
  const navigate = useNavigate()
  const frame = useRef<HTMLDivElement>(null)
  /** What one chooses is a step that back returns from; what one types is not. */
  const set = (change: Partial<IntentSearch>, replace = false) =>
    void navigate({ to: '/intents', search: (former) => ({ ...former, ...change }), replace })
  const polling = usePolling(5_000)
  const list = useInfiniteQuery({
    ...intentsQuery(cut),
    refetchInterval: ({ state }) => (state.data !== undefined && state.data.pages.length > 1 ? false : polling),
  })
  const rows = list.data?.pages.flatMap((page) => page.data) ?? []
  const { size: count } = useStore(newIntents)
  const show = () => {
    newIntents.set(new Set())
    void list.refetch()
  }

  return (
    <Page title={t('title')} actions={<Bulk cut={cut} onBegun={(job) => set({ job })} />}>
      {job && <JobProgress id={job} onClose={() => set({ job: undefined })} />}
      <CutBar cut={cut} onCut={set} />
      <News count={count} frame={frame} onShow={show}>
        {t('news', { count })}
      </News>
      {list.error && rows.length === 0 && <Failed error={list.error} onRetry={() => void list.refetch()} />}
      {list.data && rows.length === 0 && (
        <Empty title={isCut(cut) ? t('noneFound') : t('none')}>
          {isCut(cut) && (
            <Button size="xs" variant="default" onClick={() => void navigate({ to: '/intents', search: {} })}>
              {t('clear')}
            </Button>
          )}
        </Empty>
      )}
      <div ref={frame}>{rows.length > 0 && <Rows rows={rows} onOpen={(id) => set({ id })} />}</div>
      {list.hasNextPage && (
        <div>
          <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('more')}
          </Button>
        </div>
      )}
      {id && <Story id={id} onClose={() => set({ id: undefined })} />}
    </Page>
  )
}
