import { Button, PasswordInput } from '@mantine/core'
import { CheckCircledIcon, CrossCircledIcon, PauseIcon } from '@radix-ui/react-icons'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import type { Sender } from '../api/queries.ts'
import { useIsAdmin } from '../api/session.ts'
import { Chip, type Tone } from '../parts/chip.tsx'
import { Copy } from '../parts/copy.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Notice } from '../parts/notice.tsx'
import { tellDone, tellFailure } from '../parts/toast.tsx'
import { When } from '../time/when.tsx'
import { useReasonWords } from '../whatsapp/reasons.ts'
import { SenderBudget } from './budget.tsx'
import { Checks } from './checks.tsx'
import { senderName } from './name.ts'

const LOOKS: Record<Sender['state'], { tone: Tone; icon: ReactNode }> = {
  active: { tone: 'good', icon: <CheckCircledIcon /> },
  paused: { tone: 'warn', icon: <PauseIcon /> },
  restricted: { tone: 'bad', icon: <CrossCircledIcon /> },
}

export function SenderCard({ sender }: { sender: Sender }) {
  const t = useTranslations('senders')
  const states = useTranslations('senderStates')
  const words = useReasonWords()
  const { state, reason, throughput, messaging_limit } = sender
  const isAdmin = useIsAdmin()
  const format = useFormatter()
  const budget = sender.budget as { amount: string; currency: string } | null
  return (
    <article className="card">
      <div className="card-head">
        <h2>{senderName(sender)}</h2>
        <Chip tone={LOOKS[state].tone} icon={LOOKS[state].icon}>
          {states(state)}
        </Chip>
      </div>
      {reason && (
        <Notice tone={state === 'restricted' ? 'bad' : 'warn'}>
          <p>
            {words(reason)}, {t('since')} <When at={reason.since} full />. {t('wait')}
          </p>
          {/* One code stands for all that Meta has against a number: which it is, its own words tell. */}
          {state === 'restricted' && <p lang="en">{reason.text}</p>}
        </Notice>
      )}
      <dl className="facts">
        <dt>{t('id')}</dt>
        <dd>
          {sender.phone_number_id} <Copy text={sender.phone_number_id} />
        </dd>
        <dt>{t('account')}</dt>
        <dd>
          {sender.waba_id} <Copy text={sender.waba_id} />
        </dd>
        <dt>{t('speed')}</dt>
        <dd>
          {t('perSecond', { now: throughput.effective_mps, most: throughput.configured_mps })}
          {throughput.slowed_since && (
            <>
              {' '}
              ({t('slowed')} <When at={throughput.slowed_since} />)
            </>
          )}
        </dd>
        {sender.quality && (
          <>
            <dt>{t('quality')}</dt>
            <dd>
              <Quality sender={sender} />
            </dd>
          </>
        )}
        {budget && (
          <>
            <dt>{t('budget')}</dt>
            <dd>
              {t('budgetAMonth', {
                amount: format.number(Number(budget.amount), { style: 'currency', currency: budget.currency }),
              })}
            </dd>
          </>
        )}
        <dt>{t('reach')}</dt>
        <dd>{messaging_limit === null ? t('unlimited') : t('people', { count: messaging_limit })}</dd>
        {sender.calls_paused_until && (
          <>
            <dt>{t('accountPaused')}</dt>
            <dd>
              <When at={sender.calls_paused_until} full />
            </dd>
          </>
        )}
        {sender.messaging_limit_left !== null && (
          <>
            <dt>{t('left')}</dt>
            <dd>
              {sender.messaging_limit_frees_at === null
                ? t('people', { count: sender.messaging_limit_left })
                : t('leftUntil', { count: sender.messaging_limit_left })}{' '}
              {sender.messaging_limit_frees_at && <When at={sender.messaging_limit_frees_at} />}
            </dd>
          </>
        )}
        <dt>{t('freeLeft')}</dt>
        <dd>{t('freeLeftCount', { count: sender.free_service_left })}</dd>
        {sender.currency && (
          <>
            <dt>{t('money')}</dt>
            <dd>{[sender.currency, sender.time_zone ?? 'UTC'].join(' · ')}</dd>
          </>
        )}
        <dt>{t('webhook')}</dt>
        <dd>
          {sender.webhook_seen_at ? <When at={sender.webhook_seen_at} full /> : t('webhookNever')}
          {sender.webhook_failed > 0 && <div>{t('webhookFailed', { count: sender.webhook_failed })}</div>}
        </dd>
        <dt>{t('ifClosed')}</dt>
        <dd>
          <PolicyWords policy={sender.default_when_closed} />
        </dd>
      </dl>
      {isAdmin && <Actions sender={sender} />}
    </article>
  )
}

const QUALITY_TONES: Record<string, Tone> = { GREEN: 'good', YELLOW: 'warn', RED: 'bad' }

/** What people's blocks and reports have made of it, and since when. */
function Quality({ sender: { quality, quality_history } }: { sender: Sender }) {
  const t = useTranslations('senders')
  const qualities = useTranslations('qualities')
  const code = quality ?? 'UNKNOWN'
  const [newest] = quality_history
  return (
    <>
      <Chip tone={QUALITY_TONES[code] ?? 'quiet'}>
        {qualities.has(code as 'GREEN') ? qualities(code as 'GREEN') : code}
      </Chip>{' '}
      {newest && (
        <>
          {t('since')} <When at={newest.at} />
        </>
      )}
    </>
  )
}

function PolicyWords({ policy }: { policy: Sender['default_when_closed'] }) {
  const t = useTranslations('senders.policies')
  if (typeof policy === 'string') return <>{t(policy)}</>
  if ('follow_up' in policy) return <>{t('follow_up')}</>
  return <>{'downgrade' in policy ? t('downgrade') : t('when_free')}</>
}

function Actions({ sender }: { sender: Sender }) {
  const t = useTranslations('senders')
  const [dialog, setDialog] = useState<'token' | 'unlink' | null>(null)
  const path = { params: { path: { id: sender.phone_number_id } } }
  const pause = useCommand(() => dataOf(api.POST('/v1/senders/{id}/pause', path)))
  const resume = useCommand(() => dataOf(api.POST('/v1/senders/{id}/resume', path)))
  const subscribe = useCommand(
    () => dataOf(api.POST('/v1/senders/{id}/subscribe', path)),
    () => tellDone(t('subscribed')),
  )
  const check = useMutation({
    mutationFn: () => dataOf(api.POST('/v1/senders/check', { body: { id: sender.phone_number_id } })),
    onError: tellFailure,
  })
  return (
    <div className="card-actions">
      {check.data && <Checks checks={check.data.checks} />}
      <Button size="xs" variant="default" loading={check.isPending} onClick={() => check.mutate()}>
        {t('check')}
      </Button>
      <Button size="xs" variant="default" loading={subscribe.isPending} onClick={() => subscribe.mutate()}>
        {t('subscribe')}
      </Button>
      {sender.state === 'active' ? (
        <Button size="xs" variant="default" loading={pause.isPending} onClick={() => pause.mutate()}>
          {t('pause')}
        </Button>
      ) : (
        <Button size="xs" variant="default" loading={resume.isPending} onClick={() => resume.mutate()}>
          {t('resume')}
        </Button>
      )}
      <SenderBudget sender={sender} />
      <Button size="xs" variant="default" onClick={() => setDialog('token')}>
        {t('newToken')}
      </Button>
      <Button size="xs" variant="default" onClick={() => setDialog('unlink')}>
        {t('unlink')}
      </Button>
      {dialog === 'token' && <TokenDialog sender={sender} onClose={() => setDialog(null)} />}
      {dialog === 'unlink' && <UnlinkDialog sender={sender} onClose={() => setDialog(null)} />}
    </div>
  )
}

function useCommand(command: () => Promise<unknown>, onDone?: () => void) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: command,
    onError: tellFailure,
    onSuccess: () => onDone?.(),
    onSettled: () => queries.invalidateQueries({ queryKey: ['senders'] }),
  })
}

interface DialogProps {
  sender: Sender
  onClose: () => void
}

function TokenDialog({ sender, onClose }: DialogProps) {
  const t = useTranslations('senders')
  const [token, setToken] = useState('')
  const params = { path: { id: sender.phone_number_id } }
  const save = useCommand(
    () => dataOf(api.PATCH('/v1/senders/{id}', { params, body: { access_token: token } })),
    onClose,
  )
  return (
    <Dialog onClose={onClose} title={t('newToken')}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <PasswordInput
          label={t('token')}
          autoComplete="off"
          required
          value={token}
          onChange={(event) => setToken(event.target.value)}
        />
        <Button type="submit" mt="md" loading={save.isPending} disabled={token === ''}>
          {t('save')}
        </Button>
      </form>
    </Dialog>
  )
}

/** What cannot be taken back says what it does. */
function UnlinkDialog({ sender, onClose }: DialogProps) {
  const t = useTranslations('senders')
  const params = { path: { id: sender.phone_number_id } }
  const unlink = useCommand(() => dataOf(api.DELETE('/v1/senders/{id}', { params })), onClose)
  return (
    <Dialog onClose={onClose} title={t('unlinkTitle', { name: senderName(sender) })}>
      <p>{t('unlinkAbout')}</p>
      <Button color="red" mt="md" loading={unlink.isPending} onClick={() => unlink.mutate()}>
        {t('unlink')}
      </Button>
    </Dialog>
  )
}
