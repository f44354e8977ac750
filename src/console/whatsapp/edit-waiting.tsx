import { Button, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import { tellFailure } from '../parts/toast.tsx'
import { instantIn, useZone, wallIn } from '../time/zones.ts'
import { changeOf, wordsIn } from './changing.ts'
import { useForecast } from './forecast.ts'
import { ForecastLine } from './forecast-line.tsx'
import type { Contact, Intent } from './model.ts'
import type { Chat } from './search.ts'

interface Props {
  intent: Intent
  chat: Chat
  contact: Contact
  onClose(): void
}

/** Changes what has not left: its words and its time, with what will become of it then. */
export function EditWaiting({ intent, chat, contact, onClose }: Props) {
  const t = useTranslations('waiting')
  const zone = useZone()
  const queries = useQueryClient()
  const first = wordsIn(intent.message)
  const wall = intent.state === 'scheduled' ? wallIn(zone, intent.send_at) : ''
  const [text, setText] = useState(first ?? '')
  const [later, setLater] = useState(wall)
  const sendAt = later === wall ? undefined : later === '' ? null : instantIn(zone, later)
  const change = changeOf(intent.message, text, sendAt)
  const isEmpty = intent.message.type === 'text' && text.trim() === ''
  const isReady = change !== null && !isEmpty
  const save = useMutation({
    mutationFn: () =>
      dataOf(api.PATCH('/v1/intents/{id}', { params: { path: { id: intent.id } }, body: change as never })),
    onSuccess: onClose,
    onError: tellFailure,
    onSettled: () => queries.invalidateQueries({ queryKey: ['conversation', chat.sender, chat.contact] }),
  })
  const at = sendAt === undefined ? intent.send_at : sendAt
  const forecast = useForecast(
    chat,
    contact,
    isEmpty
      ? null
      : {
          message: change?.message ?? intent.message,
          when_closed: intent.when_closed,
          ...(at === null || later === '' ? {} : { send_at: at }),
        },
  )
  return (
    <form
      className="told"
      onSubmit={(event) => {
        event.preventDefault()
        if (isReady && !save.isPending) save.mutate()
      }}
    >
      {first !== null && (
        <Textarea
          aria-label={t('text')}
          autosize
          minRows={2}
          maxRows={8}
          value={text}
          onChange={(event) => setText(event.target.value)}
          data-autofocus
        />
      )}
      <TextInput
        size="xs"
        type="datetime-local"
        label={t('when', { zone })}
        value={later}
        onChange={(event) => setLater(event.target.value)}
      />
      <ForecastLine forecast={forecast} />
      <div className="card-actions">
        <Button type="submit" size="compact-xs" disabled={!isReady} loading={save.isPending}>
          {t('save')}
        </Button>
        <Button size="compact-xs" variant="default" onClick={onClose}>
          {t('leave')}
        </Button>
      </div>
    </form>
  )
}
