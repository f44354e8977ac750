import { Button, Skeleton } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { usePolling } from '../api/queries.ts'
import { Failed } from '../parts/notice.tsx'
import { useWhen } from '../time/when.tsx'
import { Bubble } from './bubble.tsx'
import { Composer } from './composer.tsx'
import { HandedOver } from './handed-over.tsx'
import { DayLine, SessionEndedLine } from './lines.tsx'
import type { Conversation, Intent } from './model.ts'
import { conversationQuery, earlierQuery, unsentQuery } from './queries.ts'
import { useRead } from './reading.ts'
import { Scroll } from './scroll.tsx'
import type { Chat } from './search.ts'
import { ThreadHead } from './thread-head.tsx'
import { byDay, joined, notSent, unknownConversation } from './thread-parts.ts'
import { Waiting } from './waiting.tsx'

/** What was said with one person from one number, what has not left yet, and where to write. */
export function Thread({ chat }: { chat: Chat }) {
  const asked = useQuery({ ...conversationQuery(chat), refetchInterval: usePolling(2_000) })
  const unsent = useQuery({ ...unsentQuery(chat), refetchInterval: usePolling(2_000) })
  const [isAtEnd, setAtEnd] = useState(true)
  useRead(chat, asked.data ?? undefined, isAtEnd)
  const conversation = asked.data ?? (asked.data === null ? unknownConversation(chat) : null)
  if (conversation === null && asked.error) {
    return <Failed error={asked.error} onRetry={() => void asked.refetch()} />
  }
  if (conversation === null) return <ThreadSkeleton />
  const waiting = notSent(conversation, unsent.data ?? [])
  return (
    <>
      <ThreadHead conversation={conversation} />
      <Scroll
        marks={marksOf(conversation, waiting)}
        said={conversation.messages.map(({ id }) => id)}
        onAtEnd={setAtEnd}
      >
        <Said conversation={conversation} chat={chat} />
        <HandedOver chat={chat} conversation={conversation} />
        <SessionEndedLine conversation={conversation} />
        <Waiting intents={waiting} chat={chat} contact={conversation.contact} />
      </Scroll>
      <Composer chat={chat} conversation={conversation} />
    </>
  )
}

function marksOf({ messages, handed_over }: Conversation, waiting: readonly Intent[]): string {
  return [messages[0]?.id, handed_over?.at, ...waiting.map(({ id }) => id)].join(' ')
}

/** As many as the conversation brings along; as long as there are not more, nothing is earlier. */
const BROUGHT_ALONG = 50

function Said({ conversation, chat }: { conversation: Conversation; chat: Chat }) {
  const t = useTranslations('thread')
  const { dayKey } = useWhen()
  const [goesBack, setGoesBack] = useState(false)
  const earlier = useInfiniteQuery({ ...earlierQuery(chat), enabled: goesBack })
  const messages = joined(conversation.messages, earlier.data?.pages.flatMap((page) => page.data) ?? [])
  if (messages.length === 0) return <p className="thread-none">{t('nothingYet')}</p>
  const hasEarlier = goesBack ? earlier.hasNextPage : conversation.messages.length >= BROUGHT_ALONG
  return (
    <>
      {hasEarlier && (
        <div className="thread-earlier">
          <Button
            size="compact-sm"
            variant="default"
            loading={earlier.isFetching}
            onClick={() => (goesBack ? void earlier.fetchNextPage() : setGoesBack(true))}
          >
            {t('earlier')}
          </Button>
        </div>
      )}
      {byDay(messages, dayKey).map(({ day, messages }) => (
        <div key={day} className="thread-day">
          <DayLine at={(messages[0] as (typeof messages)[number]).at} />
          {messages.map((message) => (
            <Bubble key={message.id} message={message} contact={conversation.contact} chat={chat} />
          ))}
        </div>
      ))}
    </>
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
