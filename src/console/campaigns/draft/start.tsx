import { Button } from '@mantine/core'
import { PaperPlaneIcon } from '@radix-ui/react-icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../../api/client.ts'
import { Confirm } from '../../parts/confirm.tsx'
import { tellFailure } from '../../parts/toast.tsx'
import { When } from '../../time/when.tsx'
import { type Campaign, type Estimate, estimateQuery, type ReadyEstimate } from '../queries.ts'
import type { Saving } from './autosave.ts'
import { CostRange } from './cost-range.tsx'

/** One confirmation, with what it comes to. A start that is pressed twice is one run; what is started is what was saved and counted. */
export function Start({ campaign, saving }: { campaign: Campaign; saving: Saving }) {
  const t = useTranslations('campaigns')
  const [isAsked, setAsked] = useState(false)
  const { id, audience_version, counts, begins_at } = campaign
  const { data, isFetching } = useQuery({ ...estimateQuery(id, audience_version), enabled: counts.total > 0 })
  // What was counted before the last change is not what would be started.
  const estimate = isFetching ? undefined : data
  const start = useStart(campaign, () => setAsked(false))
  const why = inTheWay(campaign, saving, estimate)
  const ready = data?.state === 'ready' ? data : null
  return (
    <div className="bar">
      <Button leftSection={<PaperPlaneIcon />} disabled={why !== null} onClick={() => setAsked(true)}>
        {t(begins_at ? 'startLater' : 'start')}
      </Button>
      {why && <span className="hint">{t(`notYet.${why}`)}</span>}
      {isAsked && ready && (
        <Confirm
          title={t('confirm.start', { count: sentOf(ready) })}
          go={t(begins_at ? 'startLater' : 'start')}
          isBusy={start.isPending}
          onGo={() => start.mutate()}
          onClose={() => setAsked(false)}
        >
          <dl className="facts">
            <dt>{t('begins.begins')}</dt>
            <dd>{begins_at ? <When at={begins_at} full /> : t('begins.now')}</dd>
            <dt>{t('fates.cost')}</dt>
            <dd>{ready.cost ? <CostRange cost={ready.cost} /> : t('fates.costUnknown')}</dd>
            {ready.ends_at && !begins_at && (
              <>
                <dt>{t('fates.doneAbout')}</dt>
                <dd>
                  <When at={ready.ends_at} full />
                </dd>
              </>
            )}
          </dl>
          <p className="hint">{t('confirmAbout.start')}</p>
        </Confirm>
      )}
    </div>
  )
}

/** A grey button says why. */
function inTheWay({ counts }: Campaign, { state }: Saving, estimate: Estimate | undefined) {
  if (state === 'incomplete' || state === 'refused') return 'content'
  if (state === 'saving' || state === 'waiting') return 'saving'
  if (counts.total === 0) return 'list'
  if (estimate?.state !== 'ready') return 'counting'
  return estimate.blockers.length > 0 ? 'blocked' : null
}

/** To whom something goes, at once or once they answer. */
function sentOf({ fates }: ReadyEstimate): number {
  return fates.free_form + fates.template + fates.held
}

function useStart({ id, audience_version }: Campaign, onDone: () => void) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => {
      const body = { estimate_version: audience_version }
      return dataOf(api.POST('/v1/campaigns/{id}/start', { params: { path: { id } }, body }))
    },
    onError: tellFailure,
    onSettled: async () => {
      await queries.invalidateQueries({ queryKey: ['campaign', id] })
      void queries.invalidateQueries({ queryKey: ['campaigns'] })
      onDone()
    },
  })
}
