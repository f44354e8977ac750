import { Button } from '@mantine/core'
import { ClockIcon, PauseIcon } from '@radix-ui/react-icons'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import { useMaySend } from '../api/session.ts'
import { tellFailure } from '../parts/toast.tsx'
import { Countdown } from '../time/countdown.tsx'
import { When } from '../time/when.tsx'
import { Again } from './again.tsx'
import type { Contact, Intent } from './model.ts'
import { useReasonWords } from './reasons.ts'
import type { Chat } from './search.ts'
import { wordsOf } from './words-of.ts'

const EditWaiting = lazy(() => import('./edit-waiting.tsx').then(({ EditWaiting }) => ({ default: EditWaiting })))

interface Props {
  intents: Intent[]
  chat: Chat
  contact: Contact
}

/** What was asked for and has not left: in place, each with what it waits for. */
export function Waiting({ intents, chat, contact }: Props) {
  const t = useTranslations('waiting')
  if (intents.length === 0) return null
  const title = intents.every(({ state }) => OVER.includes(state)) ? t('notSent') : t('title')
  const inOrder = intents.toSorted((a, b) => Date.parse(a.send_at) - Date.parse(b.send_at))
  return (
    <section aria-label={title}>
      <div className="line">
        <span>{title}</span>
      </div>
      {inOrder.map((intent) => (
        <WaitingBubble key={intent.id} intent={intent} chat={chat} contact={contact} />
      ))}
    </section>
  )
}

interface BubbleProps {
  intent: Intent
  chat: Chat
  contact: Contact
}

function WaitingBubble({ intent, chat, contact }: BubbleProps) {
  const t = useTranslations('waiting')
  const states = useTranslations('states')
  const maySend = useMaySend()
  const words = useReasonWords()
  const { template, text } = wordsOf(intent.message)
  const isOver = OVER.includes(intent.state)
  const [isEdited, setEdited] = useState(false)
  const mayEdit = CANCELLABLE.includes(intent.state) && intent.follow_up_of === null
  return (
    <article className={`bubble bubble-ours bubble-waiting ${isOver ? 'bubble-over' : ''}`} aria-label={t('one')}>
      <div className="bubble-text">
        {template && <span className="bubble-kind">{template}</span>}
        {text}
      </div>
      <p className="bubble-why">
        <strong>
          <Mark state={intent.state} /> {states(intent.state)}
        </strong>
        {intent.reason && <>: {words(intent.reason)}</>}
        {intent.reason?.graph_code !== undefined && <small> ({intent.reason.graph_code})</small>}
        {intent.state === 'scheduled' && intent.due_at && (
          <>
            {' '}
            · <When at={intent.due_at} /> (<Countdown until={intent.due_at} />)
          </>
        )}
        {intent.state === 'held' && (
          <>
            {' '}
            · {t('until')} <When at={intent.expires_at} />
          </>
        )}
      </p>
      {maySend && isEdited && mayEdit && (
        <Suspense>
          <EditWaiting intent={intent} chat={chat} contact={contact} onClose={() => setEdited(false)} />
        </Suspense>
      )}
      {maySend && !isEdited && (
        <>
          {mayEdit && (
            <Button size="compact-xs" variant="default" onClick={() => setEdited(true)}>
              {t('edit')}
            </Button>
          )}{' '}
          <Cancel intent={intent} chat={chat} />
        </>
      )}
      <Again intent={intent.id} mayReplay={isOver && intent.state !== 'suppressed'} />
    </article>
  )
}

const OVER: readonly string[] = ['failed', 'expired', 'suppressed']

function Mark({ state }: { state: string }) {
  if (OVER.includes(state)) return <span className="ticks-failed">✕</span>
  return state === 'held' ? <PauseIcon /> : <ClockIcon />
}

const CANCELLABLE: readonly string[] = ['scheduled', 'queued', 'held']

function Cancel({ intent, chat }: { intent: Intent; chat: Chat }) {
  const t = useTranslations('waiting')
  const queries = useQueryClient()
  const cancel = useMutation({
    mutationFn: () => dataOf(api.POST('/v1/intents/{id}/cancel', { params: { path: { id: intent.id } } })),
    onError: tellFailure,
    onSettled: () => queries.invalidateQueries({ queryKey: ['conversation', chat.sender, chat.contact] }),
  })
  if (!CANCELLABLE.includes(intent.state)) return null
  return (
    <Button size="compact-xs" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
      {t('cancel')}
    </Button>
  )
}
