import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import { Failed, Notice } from '../parts/notice.tsx'
import { When } from '../time/when.tsx'
import { JobItems } from './job-items.tsx'

const LOOK_EVERY_MS = 1_000

interface Props {
  id: string
  /** One of those that it has changed. */
  onOpen(intent: string): void
  onClose(): void
}

/** What was asked for all that match, as it is done in the background, and what came of it and of each. */
export function JobProgress({ id, onOpen, onClose }: Props) {
  const t = useTranslations('bulk')
  const chosen = useTranslations('chosen')
  const queries = useQueryClient()
  const [isListed, setListed] = useState(false)
  const { data: job, error } = useQuery({
    queryKey: ['job', id],
    refetchInterval: ({ state }) =>
      state.data !== undefined && state.data.state !== 'running' ? false : LOOK_EVERY_MS,
    queryFn: async () => {
      const job = await dataOf(api.GET('/v1/jobs/{id}', { params: { path: { id } } }))
      if (job.state !== 'running') void queries.invalidateQueries({ queryKey: ['intents'] })
      return job
    },
  })
  const away = (
    <Button size="compact-xs" variant="default" onClick={onClose}>
      {t('away')}
    </Button>
  )
  if (error) {
    return (
      <>
        <Failed error={error} /> {away}
      </>
    )
  }
  if (!job || job.state === 'running') {
    return (
      <div role="status">
        <progress
          className="upload"
          max={Math.max(job?.total ?? 0, 1)}
          value={job?.done ?? 0}
          aria-label={t('progress')}
        />{' '}
        {t('running', { done: job?.done ?? 0, total: job?.total ?? 0 })}
      </div>
    )
  }
  const { requested = 0 } = (job.result ?? {}) as { requested?: number }
  const leftAlone = Math.max(0, (job.total ?? 0) - job.done)
  return (
    <>
      <div role="status">
        <Notice tone={job.state === 'failed' ? 'bad' : 'good'}>
          {job.state === 'failed' ? job.error : t('finished', { done: job.done })}{' '}
          {requested > 0 && chosen('requested', { count: requested })}{' '}
          {job.state === 'done' && leftAlone > 0 && chosen('leftAlone', { count: leftAlone })}{' '}
          <When at={job.finished_at} />{' '}
          {job.done > 0 && (
            <Button
              size="compact-xs"
              variant="default"
              aria-expanded={isListed}
              onClick={() => setListed((former) => !former)}
            >
              {t('items')}
            </Button>
          )}{' '}
          {away}
        </Notice>
      </div>
      {isListed && <JobItems id={id} onOpen={onOpen} />}
    </>
  )
}
