import { Button, CloseButton, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { ClockIcon, PaperPlaneIcon } from '@radix-ui/react-icons'
import { type KeyboardEvent, lazy, Suspense, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { randomKey } from '../api/random-key.ts'
import { instantIn, useZone } from '../time/zones.ts'
import { Attach, Attached, fileIn, useAttaching } from './attach.tsx'
import { clear, type Draft, isEmpty, messageOf } from './drafts.ts'
import { useForecast } from './forecast.ts'
import { ForecastLine } from './forecast-line.tsx'
import type { Conversation } from './model.ts'
import type { Chat } from './search.ts'
import { type Order, useSend } from './sending.ts'
import { type ChosenTemplate, useTemplateChoice } from './template-choice.ts'

const TemplateForm = lazy(() => import('./template-form.tsx').then(({ TemplateForm }) => ({ default: TemplateForm })))

const MAX_CHARACTERS = 4096
const MAX_CAPTION = 1024

const IF_CLOSED = ['hold', 'invite', 'template', 'fail'] as const
type IfClosed = (typeof IF_CLOSED)[number]

/** Free text and files while the window is open, now or later, and what becomes of them should the window close first. */
export function FreeForm({ chat, conversation, draft }: { chat: Chat; conversation: Conversation; draft: Draft }) {
  const t = useTranslations('composer')
  const zone = useZone()
  const key = useRef(randomKey())
  const [ifClosed, setIfClosed] = useState<IfClosed>('hold')
  const [later, setLater] = useState('')
  const asksTemplate = ifClosed === 'invite' || ifClosed === 'template'
  const choice = useTemplateChoice(chat.sender, conversation.contact, asksTemplate)
  const attaching = useAttaching(chat, draft)
  const send = useSend(chat, conversation.contact, () => {
    key.current = randomKey()
    clear(draft)
    setLater('')
  })
  const length = [...draft.text].length
  const most = draft.file === null ? MAX_CHARACTERS : MAX_CAPTION
  const policy = policyOf(ifClosed, choice.chosen)
  const isReady = !isEmpty(draft) && length <= most && policy !== null && !send.isPending && !attaching.isPending
  const wish = {
    message: messageOf(draft),
    when_closed: policy,
    ...(later === '' ? {} : { send_at: instantIn(zone, later) }),
  }
  const forecast = useForecast(chat, conversation.contact, isReady ? wish : null)

  function submit() {
    if (isReady) send.mutate({ ...wish, idempotency_key: key.current } satisfies Order)
  }
  function take(data: DataTransfer | null, event: { preventDefault(): void }) {
    const file = fileIn(data)
    if (file === null) return
    event.preventDefault()
    attaching.mutate(file)
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => take(event.dataTransfer, event)}
    >
      <Attached draft={draft} />
      <Textarea
        aria-label={t('message')}
        placeholder={t('placeholder')}
        autosize
        minRows={2}
        maxRows={8}
        value={draft.text}
        onChange={(event) => draft.setText(event.target.value)}
        onKeyDown={(event) => sendByKey(event, submit)}
        onPaste={(event) => take(event.clipboardData, event)}
        error={length > most ? t('tooLong', { max: most }) : undefined}
        data-composer
      />
      <div className="composer-foot">
        <Attach attaching={attaching} />
        <NativeSelect
          size="xs"
          aria-label={t('ifClosed')}
          className="composer-policy"
          data={IF_CLOSED.map((value) => ({ value, label: t(`ifClosedWays.${value}`) }))}
          value={ifClosed}
          onChange={(event) => setIfClosed(event.target.value as IfClosed)}
        />
        <Later at={later} onChange={setLater} />
        <span className="hint composer-count">
          {length}/{most}
        </span>
        <Button type="submit" size="sm" rightSection={<PaperPlaneIcon />} disabled={!isReady} loading={send.isPending}>
          {later === '' ? t('send') : t('sendLater')}
        </Button>
      </div>
      {asksTemplate && (
        <Suspense>
          <TemplateForm choice={choice} asksDeclines={ifClosed === 'invite'} />
          {choice.missing && <p className="hint">{choice.missing}</p>}
        </Suspense>
      )}
      <ForecastLine forecast={forecast} />
    </form>
  )
}

/** Shown once it is asked for: most messages go now. In the zone of the page, which it names. */
function Later({ at, onChange }: { at: string; onChange: (at: string) => void }) {
  const t = useTranslations('composer')
  const zone = useZone()
  const [isOpen, setOpen] = useState(at !== '')
  const name = t('later', { zone })
  if (!isOpen) {
    return (
      <Button size="xs" variant="default" leftSection={<ClockIcon />} title={name} onClick={() => setOpen(true)}>
        {t('laterShort')}
      </Button>
    )
  }
  return (
    <TextInput
      size="xs"
      type="datetime-local"
      leftSection={<ClockIcon />}
      rightSection={<CloseButton size="xs" aria-label={t('now')} onClick={leave} />}
      aria-label={name}
      title={name}
      autoFocus
      value={at}
      onChange={(event) => onChange(event.target.value)}
    />
  )
  function leave() {
    onChange('')
    setOpen(false)
  }
}

/** Null while the template is not filled in. */
function policyOf(way: IfClosed, chosen: ChosenTemplate | null): unknown {
  if (way === 'hold' || way === 'fail') return way
  if (chosen === null) return null
  return way === 'invite'
    ? { follow_up: { ...chosen.reference, decline: chosen.declines } }
    : { downgrade: chosen.reference }
}

/** Ctrl+Enter, or Cmd+Enter. Enter that ends the spelling of a character (IME) sends nothing, in Safari too. */
export function sendByKey(event: KeyboardEvent, send: () => void): void {
  const { isComposing, keyCode } = event.nativeEvent
  if (event.key !== 'Enter' || isComposing || keyCode === 229 || !(event.ctrlKey || event.metaKey)) return
  event.preventDefault()
  send()
}
