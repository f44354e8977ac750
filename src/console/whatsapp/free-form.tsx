import { Button, Select, Textarea, TextInput } from '@mantine/core'
import { ClockIcon, PaperPlaneIcon } from '@radix-ui/react-icons'
import { type KeyboardEvent, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { useZone } from '../time/zones.ts'
import type { Draft } from './composer.tsx'
import { useForecast } from './forecast.ts'
import { ForecastLine } from './forecast-line.tsx'
import type { Conversation } from './model.ts'
import type { Chat } from './search.ts'
import { type Order, textMessage, useSend } from './sending.ts'

const MAX_CHARACTERS = 4096

type IfClosed = 'hold' | 'fail'

/** Free text while the window is open, now or later, and what becomes of it should the window close first. */
export function FreeForm({ chat, conversation, draft }: { chat: Chat; conversation: Conversation; draft: Draft }) {
  const t = useTranslations('composer')
  const zone = useZone()
  const key = useRef(crypto.randomUUID())
  const [ifClosed, setIfClosed] = useState<IfClosed>('hold')
  const [later, setLater] = useState('')
  const send = useSend(chat, conversation.contact, () => {
    key.current = crypto.randomUUID()
    draft.setText('')
    setLater('')
  })
  const length = [...draft.text].length
  const isReady = draft.text.trim() !== '' && length <= MAX_CHARACTERS && !send.isPending
  const wish = {
    message: textMessage(draft.text),
    when_closed: ifClosed,
    // The zone goes along, and the server does the arithmetic.
    ...(later === '' ? {} : { send_at: { local: later, time_zone: zone } }),
  }
  const forecast = useForecast(chat, conversation.contact, isReady ? wish : null)

  function submit() {
    if (isReady) send.mutate({ ...wish, idempotency_key: key.current } satisfies Order)
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <Textarea
        aria-label={t('message')}
        placeholder={t('placeholder')}
        autosize
        minRows={2}
        maxRows={8}
        value={draft.text}
        onChange={(event) => draft.setText(event.target.value)}
        onKeyDown={(event) => sendByKey(event, submit)}
        error={length > MAX_CHARACTERS ? t('tooLong', { max: MAX_CHARACTERS }) : undefined}
        data-composer
      />
      <div className="composer-foot">
        <Select
          size="xs"
          aria-label={t('ifClosed')}
          className="composer-policy"
          data={[
            { value: 'hold', label: t('ifClosedHold') },
            { value: 'fail', label: t('ifClosedFail') },
          ]}
          value={ifClosed}
          onChange={(chosen) => setIfClosed((chosen ?? 'hold') as IfClosed)}
          allowDeselect={false}
        />
        <TextInput
          size="xs"
          type="datetime-local"
          leftSection={<ClockIcon />}
          aria-label={t('later', { zone })}
          title={t('later', { zone })}
          value={later}
          onChange={(event) => setLater(event.target.value)}
        />
        <span className="hint composer-count">
          {length}/{MAX_CHARACTERS}
        </span>
        <Button type="submit" size="sm" rightSection={<PaperPlaneIcon />} disabled={!isReady} loading={send.isPending}>
          {later === '' ? t('send') : t('sendLater')}
        </Button>
      </div>
      <ForecastLine forecast={forecast} />
    </form>
  )
}

/** Ctrl+Enter, or Cmd+Enter. Enter that ends the spelling of a character (IME) sends nothing, in Safari too. */
export function sendByKey(event: KeyboardEvent, send: () => void): void {
  const { isComposing, keyCode } = event.nativeEvent
  if (event.key !== 'Enter' || isComposing || keyCode === 229 || !(event.ctrlKey || event.metaKey)) return
  event.preventDefault()
  send()
}
