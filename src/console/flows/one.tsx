import { Button } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import { usePolling } from '../api/queries.ts'
import { useMaySend } from '../api/session.ts'
import { Happened, History } from '../parts/history.tsx'
import { LinkButton } from '../parts/link-button.tsx'
import { Failed, Notice } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { tellFailure } from '../parts/toast.tsx'
import { useOutcomeWords } from './outcomes.ts'
import { type Flow, flowQuery } from './queries.ts'
import { RunInFull } from './run.tsx'
import { Runs } from './runs.tsx'
import { VIEWS } from './search.ts'
import { FlowChip } from './state-chip.tsx'
import { Steps } from './steps.tsx'

const Graph = lazy(() => import('./graph/graph.tsx').then(({ Graph }) => ({ default: Graph })))

/** Where nobody tells. */
const LOOK_EVERY_MS = 4_000

/** A flow: where people are in it, its runs, its versions and its document. */
export function One({ name }: { name: string }) {
  const t = useTranslations('flows')
  const search = useSearch({ from: '/flows' })
  const navigate = useNavigate()
  const maySend = useMaySend()
  const { data: flow, error, refetch } = useQuery({ ...flowQuery(name), refetchInterval: usePolling(LOOK_EVERY_MS) })
  return (
    <Page
      title={name}
      actions={
        <>
          <LinkButton to="/flows" search={{}} variant="default" size="xs">
            {t('backToList')}
          </LinkButton>
          {maySend && (
            <LinkButton to="/flows" search={{ name, edit: 'document' }} size="xs">
              {t('edit')}
            </LinkButton>
          )}
        </>
      }
    >
      {error && !flow && <Failed error={error} onRetry={() => void refetch()} />}
      {flow && (
        <>
          <div className="bar campaign-head">
            <FlowChip state={flow.state} /> <span>{t('versionIs', { version: flow.version })}</span>
            <Deeds flow={flow} />
          </div>
          {flow.state === 'paused' && <Notice tone="warn" title={t('paused')} />}
          <People flow={flow} />
          <Runs name={name} />
          <Versions flow={flow} />
          <details>
            <summary>{t('document')}</summary>
            <pre className="json">{flow.source}</pre>
          </details>
        </>
      )}
      {search.run && (
        <RunInFull
          id={search.run}
          onClose={() => void navigate({ to: '/flows', search: { ...search, run: undefined } })}
        />
      )}
    </Page>
  )
}

/** Where people are in it: drawn, or as a list, which is the way for keyboards, screen readers and small screens. */
function People({ flow }: { flow: Flow }) {
  const t = useTranslations('flows')
  const format = useFormatter()
  const outcomes = useOutcomeWords()
  const search = useSearch({ from: '/flows' })
  const navigate = useNavigate()
  const isNarrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false })
  const view = search.view ?? (isNarrow ? 'list' : 'graph')
  return (
    <section className="told" aria-label={t('steps')}>
      <div className="card-head">
        <h2>{t('steps')}</h2>
        <span className="hint">
          {t('waitingIn', { count: flow.counts.waiting })}
          {Object.entries(flow.counts.ended).map(
            ([outcome, count]) => ` · ${outcomes(outcome)} ${format.number(count)}`,
          )}
        </span>
      </div>
      <div className="bar">
        {VIEWS.map((one) => (
          <button
            key={one}
            type="button"
            className="filter"
            aria-pressed={view === one}
            onClick={() => void navigate({ to: '/flows', search: { ...search, view: one } })}
          >
            {t(`views.${one}`)}
          </button>
        ))}
      </div>
      {view === 'list' ? (
        <Steps flow={flow} />
      ) : (
        <Suspense>
          <Graph flow={flow} />
        </Suspense>
      )}
    </section>
  )
}

function Deeds({ flow: { name, state } }: { flow: Flow }) {
  const t = useTranslations('flows')
  const maySend = useMaySend()
  const queries = useQueryClient()
  const command = state === 'active' ? 'pause' : 'resume'
  const act = useMutation({
    mutationFn: () => dataOf(api.POST(`/v1/flows/{name}/${command}`, { params: { path: { name } } })),
    onError: tellFailure,
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['flow', name] })
      void queries.invalidateQueries({ queryKey: ['flows'] })
    },
  })
  if (!maySend) return null
  return (
    <Button
      size="xs"
      variant={command === 'resume' ? 'filled' : 'default'}
      loading={act.isPending}
      onClick={() => act.mutate()}
    >
      {t(`deeds.${command}`)}
    </Button>
  )
}

function Versions({ flow: { versions } }: { flow: Flow }) {
  const t = useTranslations('flows')
  return (
    <details>
      <summary>{t('versions', { count: versions.length })}</summary>
      <History isNewestFirst>
        {versions.map(({ version, at, by }) => (
          <Happened key={version} at={at} what={version}>
            · {by}
          </Happened>
        ))}
      </History>
    </details>
  )
}
