import { Button } from '@mantine/core'
import { useRef } from 'react'
import { useTranslations } from 'use-intl'
import { randomKey } from '../api/random-key.ts'
import { templateMessage } from '../templates/template.ts'
import { useForecast } from './forecast.ts'
import { ForecastLine } from './forecast-line.tsx'
import type { Conversation } from './model.ts'
import type { Chat } from './search.ts'
import { useSend } from './sending.ts'
import { useTemplateChoice } from './template-choice.ts'
import { TemplateForm } from './template-form.tsx'

/** A template while free text could go as well. */
export function TemplateOnly({
  chat,
  conversation,
  onSent,
}: {
  chat: Chat
  conversation: Conversation
  onSent: () => void
}) {
  const t = useTranslations('ended')
  const key = useRef(randomKey())
  const choice = useTemplateChoice(chat.sender, conversation.contact)
  const send = useSend(chat, conversation.contact, onSent)
  const wish = choice.chosen && { message: templateMessage(choice.chosen.reference) }
  const forecast = useForecast(chat, conversation.contact, wish)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (wish && !send.isPending) send.mutate({ ...wish, idempotency_key: key.current })
      }}
    >
      <TemplateForm choice={choice} asksDeclines={false} />
      <div className="composer-foot ended-foot">
        <ForecastLine forecast={forecast} />
        {choice.missing && <span className="hint">{choice.missing}</span>}
        <Button type="submit" disabled={wish === null} loading={send.isPending}>
          {t('template.go')}
        </Button>
      </div>
    </form>
  )
}
