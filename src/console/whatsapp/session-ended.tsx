import { Button, Radio, Textarea } from '@mantine/core'
import { useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { randomKey } from '../api/random-key.ts'
import { Notice } from '../parts/notice.tsx'
import { templateMessage } from '../templates/template.ts'
import { When } from '../time/when.tsx'
import { Attach, Attached, useAttaching } from './attach.tsx'
import { clear, type Draft, isEmpty, messageOf } from './drafts.ts'
import { useForecast } from './forecast.ts'
import { ForecastLine } from './forecast-line.tsx'
import { sendByKey } from './free-form.tsx'
import { type Conversation, nameOf, type WindowState } from './model.ts'
import type { Chat } from './search.ts'
import { type Order, useSend } from './sending.ts'
import { type ChosenTemplate, type TemplateChoice, useTemplateChoice } from './template-choice.ts'
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
  const key = useRef(randomKey())
  const choice = useTemplateChoice(chat.sender, conversation.contact)
  // What would be meant now, until somebody says or begins to write.
  const [chosenWay, setWay] = useState<Way | null>(null)
  const way = chosenWay ?? likelyWay(draft, state, choice)
  const attaching = useAttaching(chat, draft)
  const send = useSend(chat, conversation.contact, () => {
    key.current = randomKey()
    if (way === 'template') return
    setWay(way)
    clear(draft)
  })
  const wish = attaching.isPending ? null : orderOf(way, draft, choice.chosen)
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
          <div>
            <Textarea
              label={t('yourText')}
              autosize
              minRows={2}
              maxRows={6}
              value={draft.text}
              onChange={(event) => {
                setWay(way)
                draft.setText(event.target.value)
              }}
              onKeyDown={(event) => sendByKey(event, submit)}
              data-composer
            />
            <Attached draft={draft} />
          </div>
        )}
        {way !== 'hold' && <TemplateForm choice={choice} asksDeclines={way === 'invite'} />}
      </div>
      <div className="composer-foot ended-foot">
        {way !== 'template' && <Attach attaching={attaching} />}
        <ForecastLine forecast={forecast} />
        <Missing way={way} isEmpty={isEmpty(draft)} choice={choice.missing} />
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
function Missing({ way, isEmpty, choice }: { way: Way; isEmpty: boolean; choice: string | null }) {
  const t = useTranslations('ended')
  if (way !== 'template' && isEmpty) return <span className="hint">{t('noText')}</span>
  if (way !== 'hold' && choice !== null) return <span className="hint">{choice}</span>
  return null
}

function likelyWay(draft: Draft, state: WindowState, { isLoading, templates }: TemplateChoice): Way {
  if (isEmpty(draft) && state !== 'late') return 'template'
  return !isLoading && templates.length === 0 ? 'hold' : 'invite'
}

/** What to ask for; null while something is missing. */
function orderOf(way: Way, draft: Draft, chosen: ChosenTemplate | null): Omit<Order, 'idempotency_key'> | null {
  if (way === 'template') return chosen && { message: templateMessage(chosen.reference) }
  if (isEmpty(draft)) return null
  const message = messageOf(draft)
  if (way === 'hold') return { message, when_closed: 'hold' }
  return chosen && { message, when_closed: { follow_up: { ...chosen.reference, decline: chosen.declines } } }
}
