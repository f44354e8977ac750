import { Button, Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { toFailure } from '../api/failure.ts'
import { usePolling } from '../api/queries.ts'
import { Failed } from '../parts/notice.tsx'
import { Bubble } from './bubble.tsx'
import { Composer } from './composer.tsx'
import { DayLine, SessionEndedLine } from './lines.tsx'
import type { Conversation } from './model.ts'
import { conversationQuery } from './queries.ts'
import type { Chat } from './search.ts'
import { ThreadHead } from './thread-head.tsx'
import { byDay, unknownConversation } from './thread-parts.ts'
import { Waiting } from './waiting.tsx'

/** What was said with one person from one number, what has not left yet, and where to write. */
export function Thread({ chat }: { chat: Chat }) {
  const asked = useQuery({ ...conversationQuery(chat), refetchInterval: usePolling(2_000) })
  const isUnknown = asked.error !== null && toFailure(asked.error).code === 'conversation_unknown'
  const conversation = asked.data ?? (isUnknown ? unknownConversation(chat) : null)
  if (conversation === null && asked.error) {
    return <Failed error={asked.error} onRetry={() => void asked.refetch()} />
  }
  if (conversation === null) return <ThreadSkeleton />
  return (
    <>
      <ThreadHead conversation={conversation} />
      <Scroll marks={`${conversation.messages[0]?.wamid} ${conversation.waiting.map(({ id }) => id)}`}>
        <Said conversation={conversation} />
        <SessionEndedLine conversation={conversation} />
        <Waiting intents={conversation.waiting} chat={chat} />
      </Scroll>
      <Composer chat={chat} conversation={conversation} />
    </>
  )
}

function Said({ conversation }: { conversation: Conversation }) {
  const t = useTranslations('thread')
  const { messages } = conversation
  if (messages.length === 0) return <p className="thread-none">{t('nothingYet')}</p>
  return byDay(messages).map(({ day, messages }) => (
    <div key={day} className="thread-day">
      <DayLine at={(messages[0] as (typeof messages)[number]).at} />
      {messages.map((message) => (
        <Bubble key={message.wamid} message={message} contact={conversation.contact} />
      ))}
    </div>
  ))
}

const NEAR_PX = 80

/** Stays at the end while the reader is there, and where they are while they read back. `marks` changes with what is new at the end. */
function Scroll({ marks, children }: { marks: string; children: ReactNode }) {
  const t = useTranslations('thread')
  const frame = useRef<HTMLDivElement>(null)
  const isNear = useRef(true)
  const [hasNew, setHasNew] = useState(false)

  function toEnd() {
    const node = frame.current
    if (node) node.scrollTop = node.scrollHeight
    setHasNew(false)
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: `marks` says when something is new
  useLayoutEffect(() => {
    if (isNear.current) toEnd()
    else setHasNew(true)
  }, [marks])

  return (
    <div className="thread-frame">
      <div
        ref={frame}
        className="thread"
        role="log"
        aria-label={t('messages')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by the keyboard
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          isNear.current = scrollHeight - scrollTop - clientHeight < NEAR_PX
          if (isNear.current) setHasNew(false)
        }}
      >
        {children}
      </div>
      {hasNew && (
        <Button size="compact-sm" className="thread-new" onClick={toEnd}>
          {t('new')}
        </Button>
      )}
    </div>
  )
}

function ThreadSkeleton() {
  return (
    <div className="thread-skeleton" aria-hidden="true">
      <Skeleton height={40} />
      <Skeleton height={36} width="55%" mt="lg" />
      <Skeleton height={36} width="45%" mt="sm" ml="auto" />
      <Skeleton height={36} width="60%" mt="sm" />
    </div>
  )
}
