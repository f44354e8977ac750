import { lazy, Suspense, useState } from 'react'
import { useTranslations } from 'use-intl'
import { useSenders } from '../api/queries.ts'
import { useMaySend, useWho } from '../api/session.ts'
import { Notice } from '../parts/notice.tsx'
import { useAttachment } from './attachment.ts'
import { draftKey, useDraft } from './drafts.ts'
import { FreeForm } from './free-form.tsx'
import type { Conversation } from './model.ts'
import type { Chat } from './search.ts'
import { useWindowState } from './window-state.tsx'

const SessionEnded = lazy(() => import('./session-ended.tsx').then(({ SessionEnded }) => ({ default: SessionEnded })))
const TemplateOnly = lazy(() => import('./template-only.tsx').then(({ TemplateOnly }) => ({ default: TemplateOnly })))

/** Where one writes: free text while it may go, and the ways on once it may not. What was typed stays through the change. */
export function Composer({ chat, conversation }: { chat: Chat; conversation: Conversation }) {
  const t = useTranslations('composer')
  const maySend = useMaySend()
  const { session } = useWho()
  const key = draftKey(session.workspace, `${chat.sender}/${chat.contact}`)
  const [text, setText] = useDraft(key)
  const [file, setFile] = useAttachment(key)
  const [mode, setMode] = useState<'message' | 'template'>('message')
  const state = useWindowState(conversation)
  if (!maySend) return <p className="composer hint">{t('viewer')}</p>
  const isOpen = state === 'open' || state === 'closing'
  const draft = { text, setText, file, setFile }

  return (
    <div className="composer">
      <SenderTrouble id={chat.sender} />
      {isOpen && (
        <fieldset className="composer-modes" aria-label={t('mode')}>
          {(['message', 'template'] as const).map((name) => (
            <button
              key={name}
              type="button"
              className="filter"
              aria-pressed={mode === name}
              onClick={() => setMode(name)}
            >
              {t(name)}
            </button>
          ))}
        </fieldset>
      )}
      <Suspense fallback={<div className="composer-wait" />}>
        {isOpen && mode === 'message' && <FreeForm chat={chat} conversation={conversation} draft={draft} />}
        {isOpen && mode === 'template' && (
          <TemplateOnly chat={chat} conversation={conversation} onSent={() => setMode('message')} />
        )}
        {!isOpen && <SessionEnded chat={chat} conversation={conversation} state={state} draft={draft} />}
      </Suspense>
    </div>
  )
}

/** A number that is paused or restricted: messages wait, and it says what for. */
function SenderTrouble({ id }: { id: string }) {
  const t = useTranslations('composer')
  const states = useTranslations('senderStates')
  const { data: senders } = useSenders()
  const sender = senders?.find(({ phone_number_id }) => phone_number_id === id)
  if (senders !== undefined && sender === undefined) return <Notice tone="warn">{t('unlinked')}</Notice>
  if (sender === undefined || sender.state === 'active') return null
  return (
    <Notice tone="warn" title={t('numberIs', { state: states(sender.state) })}>
      {sender.reason?.text} {t('messagesWait')}
    </Notice>
  )
}
