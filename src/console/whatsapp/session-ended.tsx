import { Button, Radio, Textarea } from '@mantine/core'
import { useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Notice } from '../parts/notice.tsx'
import { templateMessage } from '../templates/template.ts'
import { When } from '../time/when.tsx'
import type { Draft } from './composer.tsx'
import { useForecast } from './forecast.ts'
import { ForecastLine } from './forecast-line.tsx'
import { sendByKey } from './free-form.tsx'
import { type Conversation, nameOf, type WindowState } from './model.ts'
import type { Chat } from './search.ts'
import { type Order, textMessage, useSend } from './sending.ts'
import { type ChosenTemplate, useTemplateChoice } from './template-choice.ts'
import { TemplateForm } from './template-form.tsx'

const WAYS = ['invite', 'hold', 'template'] as const
type Way = (typeof WAYS)[number]

interface Props {
  chat: Chat
  conversation: Conversation
  state: WindowState
  draft: Draft
}

/** Free text may not go now. What was typed waits, with an invitation or without, or a template goes in its place. */
export function SessionEnded({ chat, conversation, state, draft }: Props) {
  const t = useTranslations('ended')
  const key = useRef(crypto.randomUUID())
  const [way, setWay] = useState<Way>(draft.text.trim() === '' && state !== 'late' ? 'template' : 'invite')
  const choice = useTemplateChoice(chat.sender, conversation.contact)
  const send = useSend(chat, conversation.contact, () => {
    key.current = crypto.randomUUID()
    if (way !== 'template') draft.setText('')
  })
  const wish = orderOf(way, draft.text, choice.chosen)
  const forecast = useForecast(chat, conversation.contact, wish)

  function submit() {
    if (wish !== null && !send.isPending) send.mutate({ ...wish, idempotency_key: key.current } satisfies Order)
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <Why conversation={conversation} state={state} />
      <Radio.Group value={way} onChange={(chosen) => setWay(chosen as Way)} aria-label={t('ways')}>
        <div className="ways">
          {WAYS.map((name) => (
            <Radio key={name} value={name} label={t(`${name}.name`)} description={t(`${name}.about`)} />
          ))}
        </div>
      </Radio.Group>
      <div className="ended-parts">
        {way !== 'template' && (
          <Textarea
            label={t('yourText')}
            autosize
            minRows={2}
            maxRows={6}
            value={draft.text}
            onChange={(event) => draft.setText(event.target.value)}
            onKeyDown={(event) => sendByKey(event, submit)}
            data-composer
          />
        )}
        {way !== 'hold' && <TemplateForm choice={choice} asksDeclines={way === 'invite'} />}
      </div>
      <div className="composer-foot ended-foot">
        <ForecastLine forecast={forecast} />
        <Missing way={way} text={draft.text} choice={choice.missing} />
        <Button type="submit" disabled={wish === null} loading={send.isPending}>
          {t(`${way}.go`)}
        </Button>
      </div>
    </form>
  )
}

function Why({ conversation, state }: { conversation: Conversation; state: WindowState }) {
  const t = useTranslations('ended')
  const name = nameOf(conversation.contact)
  const { opened_at } = conversation.customer_service_window
  if (state === 'never') return <Notice tone="info" title={t('never', { name })} />
  if (state === 'late') return <Notice tone="warn" title={t('late')} />
  return (
    <Notice tone="info" title={t('title')}>
      {t.rich('lastWrote', { name, at: () => <When at={opened_at} full /> })}
    </Notice>
  )
}

/** A button that is grey says why. */
function Missing({ way, text, choice }: { way: Way; text: string; choice: string | null }) {
  const t = useTranslations('ended')
  if (way !== 'template' && text.trim() === '') return <span className="hint">{t('noText')}</span>
  if (way !== 'hold' && choice !== null) return <span className="hint">{choice}</span>
  return null
}

/** What to ask for; null while something is missing. */
function orderOf(way: Way, text: string, chosen: ChosenTemplate | null): Omit<Order, 'idempotency_key'> | null {
  if (way === 'template') return chosen && { message: templateMessage(chosen.reference) }
  if (text.trim() === '') return null
  const message = textMessage(text)
  if (way === 'hold') return { message, when_closed: 'hold' }
  return chosen && { message, when_closed: { follow_up: { ...chosen.reference, decline: chosen.declines } } }
}
