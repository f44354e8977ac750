import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import { useMaySend } from '../api/session.ts'
import { Notice } from '../parts/notice.tsx'
import { tellFailure } from '../parts/toast.tsx'
import { When } from '../time/when.tsx'
import type { Conversation } from './model.ts'
import type { Chat } from './search.ts'

/** A conversation that waits for a person: until somebody takes it, or writes. */
export function HandedOver({ chat, conversation }: { chat: Chat; conversation: Conversation }) {
  const t = useTranslations('thread')
  const maySend = useMaySend()
  const queries = useQueryClient()
  const take = useMutation({
    mutationFn: () => dataOf(api.POST('/v1/conversations/{sender}/{contact}/take', { params: { path: chat } })),
    onError: tellFailure,
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['conversations'] })
      void queries.invalidateQueries({ queryKey: ['conversation', chat.sender, chat.contact] })
    },
  })
  const { handed_over: handed } = conversation
  if (handed === null) return null
  return (
    <Notice tone="info" title={t('handedOver', { team: handed.team ?? '' })}>
      <When at={handed.at} full /> {handed.note}{' '}
      {maySend && (
        <Button size="compact-xs" loading={take.isPending} onClick={() => take.mutate()}>
          {t('take')}
        </Button>
      )}
    </Notice>
  )
}
