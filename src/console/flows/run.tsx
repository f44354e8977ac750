import { Button, Drawer } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import { usePolling } from '../api/queries.ts'
import { useMaySend } from '../api/session.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Copy } from '../parts/copy.tsx'
import { useFocusBack } from '../parts/focus-back.ts'
import { Happened, History } from '../parts/history.tsx'
import { Failed, Notice } from '../parts/notice.tsx'
import { tellFailure } from '../parts/toast.tsx'
import { Countdown } from '../time/countdown.tsx'
import { When } from '../time/when.tsx'
import { useOutcomeWords } from './outcomes.ts'
import { type Run, runQuery } from './queries.ts'
import { FlowChip } from './state-chip.tsx'
import { useWhyWords } from './why.ts'

const LOOK_EVERY_MS = 3_000

/** One person's way through a flow: what happened, when and why, and what is next. */
export function RunInFull({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useTranslations('flows')
  useFocusBack()
  const polling = usePolling(LOOK_EVERY_MS)
  const { data: run, error } = useQuery({
    ...runQuery(id),
    refetchInterval: ({ state }) => (state.data?.state === 'ended' ? false : polling),
  })
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      title={t('run')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {error && <Failed error={error} />}
      {run && <Told run={run} />}
    </Drawer>
  )
}

function Told({ run }: { run: Run }) {
  const t = useTranslations('flows')
  const outcomes = useOutcomeWords()
  const { id, contact, sender, state, outcome, step, due_at, reason, data, history, version } = run
  const customer = contact.wa_id ?? contact.user_id ?? ''
  const whyWords = useWhyWords()
  const pausedBy = history.findLast(({ kind }) => kind === 'paused')
  return (
    <div className="told">
      <p>
        <FlowChip state={state} /> {outcome !== null && outcomes(outcome)} · {t('versionIs', { version })}
      </p>
      <p>
        <code>{id}</code> <Copy text={id} />
      </p>
      <p>
        <Link to="/whatsapp" search={{ chat: `${sender}/${customer}` }}>
          {contact.wa_id === null ? customer : `+${customer}`}
        </Link>
      </p>
      {state === 'paused' && (
        <Notice tone="warn" title={t('runPaused')}>
          {pausedBy ? whyWords(pausedBy.detail) : reason}
        </Notice>
      )}
      {state === 'waiting' && (
        <p>
          {t.rich('waitsAt', { step, code: (text) => <code>{text}</code> })}{' '}
          {due_at === null ? (
            t('whenSomethingHappens')
          ) : (
            <>
              {t('until')} <When at={due_at} full /> (<Countdown until={due_at} />)
            </>
          )}
        </p>
      )}
      <Deeds run={run} />
      <RunHistory lines={history} />
      {Object.keys(data).length > 0 && (
        <details>
          <summary>{t('data')}</summary>
          <pre className="json">{JSON.stringify(data, null, 2)}</pre>
        </details>
      )}
    </div>
  )
}

function RunHistory({ lines }: { lines: Run['history'] }) {
  const t = useTranslations('flows.happenings')
  const whyWords = useWhyWords()
  return (
    <History>
      {lines.map(({ at, kind, step, detail }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a history only grows
        <Happened key={index} at={at} what={t.has(kind as 'sent') ? t(kind as 'sent') : kind}>
          {step !== null && <code>{step}</code>}
          {!QUIET.includes(kind) && detail.text !== '' && <div>{whyWords(detail)}</div>}
        </Happened>
      ))}
    </History>
  )
}

/** Of these the words beside say all there is. */
const QUIET: readonly string[] = ['sends', 'entered']

function Deeds({ run: { id, flow, state } }: { run: Run }) {
  const t = useTranslations('flows')
  const maySend = useMaySend()
  const queries = useQueryClient()
  const [isAsked, setAsked] = useState(false)
  const act = useMutation({
    mutationFn: (command: 'pause' | 'resume' | 'stop') =>
      dataOf(api.POST(`/v1/flow-runs/{id}/${command}`, { params: { path: { id } } })),
    onError: tellFailure,
    onSettled: () => {
      setAsked(false)
      void queries.invalidateQueries({ queryKey: ['flow-run', id] })
      void queries.invalidateQueries({ queryKey: ['flow', flow] })
    },
  })
  if (!maySend || state === 'ended') return null
  const rest = state === 'paused' ? 'resume' : 'pause'
  return (
    <div className="card-actions">
      <Button size="xs" variant="default" loading={act.isPending} onClick={() => act.mutate(rest)}>
        {t(`deeds.${rest}`)}
      </Button>
      <Button size="xs" variant="default" onClick={() => setAsked(true)}>
        {t('deeds.stop')}
      </Button>
      {isAsked && (
        <Confirm
          title={t('stopAsked')}
          go={t('stopGo')}
          isBusy={act.isPending}
          onGo={() => act.mutate('stop')}
          onClose={() => setAsked(false)}
        >
          {t('stopAbout')}
        </Confirm>
      )}
    </div>
  )
}
