import { useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useTranslations } from 'use-intl'
import { Conversations } from './conversations.tsx'
import { chatOf } from './search.ts'

const Thread = lazy(() => import('./thread.tsx').then(({ Thread }) => ({ default: Thread })))

/** Two panes, or on a phone the one that was chosen. */
export function WhatsApp() {
  const t = useTranslations('thread')
  const search = useSearch({ from: '/whatsapp' })
  const chat = chatOf(search.chat)
  return (
    <div className="whatsapp-frame">
      <div className={`whatsapp ${chat ? 'whatsapp-thread' : 'whatsapp-list'}`}>
        <h1 className="for-readers">WhatsApp Meta</h1>
        <Conversations search={search} />
        <div className="thread-pane">
          {chat === null ? (
            <p className="thread-none">{t('choose')}</p>
          ) : (
            <Suspense>
              <Thread key={search.chat} chat={chat} />
            </Suspense>
          )}
        </div>
      </div>
    </div>
  )
}
