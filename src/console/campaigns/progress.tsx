import { useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import { useTranslations } from 'use-intl'
import { useSenders } from '../api/queries.ts'
import { Notice } from '../parts/notice.tsx'
import { senderName } from '../senders/name.ts'
import { Countdown } from '../time/countdown.tsx'
import { serverNow } from '../time/server-clock.ts'
import { useTicking } from '../time/ticker.ts'
import { When } from '../time/when.tsx'
import { wordsOf } from '../whatsapp/words-of.ts'
import { useDurations } from '../words/durations.ts'
import { Bar } from './bar.tsx'
import { doneOf, rateOf, type Sample, withSample } from './counting.ts'
import { Counts } from './counts.tsx'
import { useApproved } from './draft/approved.ts'
import { drawnOf } from './draft/words.ts'
import { Failures } from './failures.tsx'
import { Minutes } from './minutes.tsx'
import { type Campaign, campaignQuery } from './queries.ts'
import { usePauseWords } from './reasons.ts'
import { Versions } from './versions.tsx'

interface Props {
  campaign: Campaign
  onRetried(child: string): void
}

/** How far it is, what became of everybody, and why somebody was not reached. */
export function Progress({ campaign, onRetried }: Props) {
  const t = useTranslations('campaigns')
  const pauseWords = usePauseWords()
  const { state, reason, counts, begins_at } = campaign
  return (
    <>
      {state === 'paused' && reason && (
        <Notice tone="warn" title={t('paused')}>
          {pauseWords(reason)} {t('pausedAbout', { count: counts.total - doneOf(counts) })}
        </Notice>
      )}
      {state === 'scheduled' && begins_at && (
        <Notice tone="info">
          {t('beginsAt')} <When at={begins_at} full /> (<Countdown until={begins_at} />)
        </Notice>
      )}
      <section className="card" aria-label={t('progress')}>
        <div className="card-head">
          <h2>{t('doneOf', { done: doneOf(counts), total: counts.total })}</h2>
          {state === 'running' && <Rate campaign={campaign} />}
        </div>
        <Bar counts={counts} />
        <Counts campaign={campaign} />
        <Minutes campaign={campaign} />
      </section>
      <Versions campaign={campaign} />
      <Failures campaign={campaign} onRetried={onRetried} />
      <About campaign={campaign} />
    </>
  )
}

/** How fast it goes, by what this page saw of it in the last minute. */
function Rate({ campaign: { id, counts } }: { campaign: Campaign }) {
  const t = useTranslations('campaigns')
  const { exact } = useDurations()
  const samples = useRef<readonly Sample[]>([])
  const { dataUpdatedAt } = useQuery(campaignQuery(id))
  const seen = useRef(0)
  if (seen.current !== dataUpdatedAt) {
    seen.current = dataUpdatedAt
    samples.current = withSample(samples.current, { at: serverNow(), done: doneOf(counts) })
  }
  const rate = rateOf(samples.current)
  if (rate === null) return null
  const left = counts.total - doneOf(counts)
  if (left === 0) return null
  return (
    <span className="hint">
      {t('rate', { rate: Number(rate.toPrecision(2)), duration: exact(Math.ceil(left / rate) * 1000) })}
    </span>
  )
}

function About({ campaign }: { campaign: Campaign }) {
  const t = useTranslations('campaigns')
  const { data: senders = [] } = useSenders()
  const { template, text } = wordsOf((campaign.message ?? {}) as Record<string, unknown>)
  const { find } = useApproved(campaign.senders?.[0]?.sender ?? campaign.sender ?? '')
  const drawn = drawnOf(campaign.message, find)
  const from = (campaign.senders?.map(({ sender }) => sender) ?? [campaign.sender]).map((number) => {
    const sender = senders.find(({ phone_number_id }) => phone_number_id === number)
    return sender ? senderName(sender) : number
  })
  const { started_at, ended_at, created_at, created_by, when_closed } = campaign
  return (
    <section className="card" aria-label={t('about')}>
      <h2>{t('about')}</h2>
      {campaign.message && (
        <div className="bubble bubble-ours">
          {template && <span className="bubble-kind">{template}</span>}
          <div className="bubble-text">{drawn?.body ?? text}</div>
        </div>
      )}
      <dl className="facts">
        <dt>{t('from')}</dt>
        <dd>{from.join(', ')}</dd>
        {when_closed !== undefined && template === null && (
          <>
            <dt>{t('closed.label')}</dt>
            <dd>
              <ClosedWords policy={when_closed} />
            </dd>
          </>
        )}
        <dt>{t('created')}</dt>
        <dd>
          <When at={created_at} full /> · {created_by.name}
        </dd>
        {started_at && (
          <>
            <dt>{t('started')}</dt>
            <dd>
              <When at={started_at} full />
            </dd>
            <dt>{ended_at ? t('took') : t('runsFor')}</dt>
            <dd>
              <Span from={started_at} to={ended_at} />
            </dd>
          </>
        )}
        {ended_at && (
          <>
            <dt>{t('ended')}</dt>
            <dd>
              <When at={ended_at} full />
            </dd>
          </>
        )}
      </dl>
    </section>
  )
}

function ClosedWords({ policy }: { policy: unknown }) {
  const t = useTranslations('campaigns.closed')
  if (policy === 'hold' || policy === 'fail') return <>{t(policy)}</>
  const [kind] = Object.keys(policy as object)
  const { name } = ((policy as Record<string, unknown>)[kind ?? ''] ?? {}) as { name?: string }
  if (name === undefined) return <code>{JSON.stringify(policy)}</code>
  return (
    <>
      {kind === 'follow_up' ? t('invite') : t('template')}: {name}
    </>
  )
}

/** Exactly; up to now while it lasts. */
function Span({ from, to }: { from: string; to: string | null }) {
  const { exact } = useDurations()
  const begin = Date.parse(from)
  const text = useTicking((now) => exact((to === null ? now : Date.parse(to)) - begin))
  return <>{text}</>
}
