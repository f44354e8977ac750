import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { usePolling } from '../api/queries.ts'
import { useMaySend } from '../api/session.ts'
import { useStore } from '../api/store.ts'
import { News } from '../parts/news.tsx'
import { Empty } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { Bulk } from './bulk.tsx'
import { Chosen } from './chosen.tsx'
import { CutBar } from './cut-bar.tsx'
import { newIntents } from './heeding.ts'
import { JobProgress } from './job-progress.tsx'
import { type IntentRow, intentsQuery } from './queries.ts'
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
  const maySend = useMaySend()
  const [chosen, setChosen] = useState<ReadonlyMap<string, IntentRow>>(new Map())
  const list = useInfiniteQuery({
    ...intentsQuery(cut),
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 || chosen.size > 0 ? false : polling),
  })
  const { size: count } = useStore(newIntents)
  const show = () => {
    newIntents.set(new Set())
    void list.refetch()
  }

  return (
    <Page title={t('title')} actions={<Bulk cut={cut} onBegun={(job) => set({ job })} />}>
      {job && <JobProgress key={job} id={job} onOpen={(id) => set({ id })} onClose={() => set({ job: undefined })} />}
      <CutBar cut={cut} onCut={set} />
      {chosen.size > 0 && (
        <Chosen key={[...chosen.keys()].join()} rows={[...chosen.values()]} onLeave={() => setChosen(new Map())} />
      )}
      <News count={count} frame={frame} rests={chosen.size > 0} onShow={show}>
        {t('news', { count })}
      </News>
      <div ref={frame}>
        <Rows
          label={t('title')}
          list={list}
          chosen={maySend ? chosen : null}
          onChoose={setChosen}
          onOpen={(id) => set({ id })}
          empty={
            <Empty title={isCut(cut) ? t('noneFound') : t('none')}>
              {isCut(cut) && (
                <Button size="xs" variant="default" onClick={() => void navigate({ to: '/intents', search: {} })}>
                  {t('clear')}
                </Button>
              )}
            </Empty>
          }
        />
      </div>
      {id && <Story id={id} onClose={() => set({ id: undefined })} />}
    </Page>
  )
}
