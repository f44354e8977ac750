import { Button, CloseButton, Select, TextInput } from '@mantine/core'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { askJson } from '../api/client.ts'
import { Failed } from '../parts/notice.tsx'
import { tellFailure } from '../parts/toast.tsx'
import { learnServerNow } from '../time/server-clock.ts'
import { useWhen } from '../time/when.tsx'

/* The customer's phone, beside any page: play the customer and look at what the page makes of it. Nobody is written to. */

interface PhoneMessage {
  wamid: string
  direction: 'in' | 'out'
  at: string
  text: string | null
  buttons: { label: string }[]
  status: string | null
}

interface Phone {
  key: string
  wa_id: string | null
  user_id: string
  name: string | null
  threads: { phone_number_id: string; business: string; messages: PhoneMessage[] }[]
}

const LOOK_EVERY_MS = 1_500
const HOUR_MS = 3_600_000
const PHONES = ['sandbox', 'customers'] as const

export function SandboxPhone({ onClose }: { onClose: () => void }) {
  const t = useTranslations('phone')
  const { data, error } = useQuery({
    queryKey: PHONES,
    queryFn: () => askJson<{ data: Phone[] }>('GET', '/v1/sandbox/customers'),
    refetchInterval: LOOK_EVERY_MS,
    placeholderData: keepPreviousData,
  })
  const [chosen, setChosen] = useState<string | null>(null)
  const phones = data?.data ?? []
  const phone = phones.find(({ key }) => key === chosen) ?? phones[0]
  const shown = phone?.key ?? null
  // The list is by who was last heard of; a phone in somebody's hand stays the same.
  useEffect(() => setChosen((former) => former ?? shown), [shown])
  return (
    <section className="phone-beside" aria-label={t('title')}>
      <div className="card-head">
        <h2>{t('title')}</h2>
        <CloseButton aria-label={t('close')} onClick={onClose} />
      </div>
      {error && <Failed error={error} />}
      {phone && (
        <>
          <Select
            aria-label={t('who')}
            allowDeselect={false}
            searchable
            data={phones.map(({ key, name, wa_id, user_id }) => ({ value: key, label: nameOf(name, wa_id, user_id) }))}
            value={phone.key}
            onChange={setChosen}
          />
          <Said phone={phone} />
          <Doing who={phone.wa_id ?? phone.user_id} />
        </>
      )}
      <Clock />
    </section>
  )
}

function nameOf(name: string | null, waId: string | null, userId: string): string {
  const number = waId === null ? userId : `+${waId}`
  return name === null ? number : `${name} (${number})`
}

/** Every command of the drawer, and what it shows afterwards. */
function useControl() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ path, body }: { path: string; body?: object }) => askJson('POST', `/v1/sandbox/${path}`, body ?? {}),
    onError: tellFailure,
    onSettled: () => queries.invalidateQueries({ queryKey: PHONES }),
  })
}

function Said({ phone }: { phone: Phone }) {
  const t = useTranslations('phone')
  const frame = useRef<HTMLDivElement>(null)
  const control = useControl()
  const who = phone.wa_id ?? phone.user_id
  const messages = phone.threads.flatMap((thread) => thread.messages)
  const last = messages.at(-1)?.wamid
  // biome-ignore lint/correctness/useExhaustiveDependencies: to the end whenever something new stands there
  useEffect(() => {
    frame.current?.scrollTo(0, frame.current.scrollHeight)
  }, [last, who])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by the keyboard
    <div ref={frame} className="phone-said" role="log" aria-label={t('messages')} tabIndex={0}>
      {messages.length === 0 && <p className="hint">{t('nothing')}</p>}
      {messages.map((message) => (
        <PhoneBubble
          key={message.wamid}
          message={message}
          onTap={(label) => control.mutate({ path: `customers/${who}/tap`, body: { label, wamid: message.wamid } })}
        />
      ))}
    </div>
  )
}

function PhoneBubble({ message, onTap }: { message: PhoneMessage; onTap: (label: string) => void }) {
  const when = useWhen()
  const isTheirs = message.direction === 'in'
  return (
    <div className={`bubble ${isTheirs ? 'bubble-ours' : 'bubble-theirs'}`}>
      <div className="bubble-text">{message.text}</div>
      {message.buttons.map(({ label }) => (
        <button key={label} type="button" className="phone-button phone-tap" onClick={() => onTap(label)}>
          {label}
        </button>
      ))}
      <div className="bubble-foot">{when.time(message.at)}</div>
    </div>
  )
}

function Doing({ who }: { who: string }) {
  const t = useTranslations('phone')
  const control = useControl()
  const [text, setText] = useState('')
  const act = (action: string, body?: object) =>
    control.mutate({ path: `customers/${who}/${action}`, body: body ?? {} })
  return (
    <>
      <form
        className="phone-write"
        onSubmit={(event) => {
          event.preventDefault()
          if (text.trim() === '') return
          act('say', { text })
          setText('')
        }}
      >
        <TextInput
          aria-label={t('write')}
          placeholder={t('write')}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <Button type="submit">{t('send')}</Button>
      </form>
      <div className="phone-acts">
        <Act name={t('ad')} onClick={() => act('arrive-from-ad')} />
        <Act name={t('call')} onClick={() => act('call')} />
        <Act name={t('read')} onClick={() => act('read')} />
        <Act name="STOP" onClick={() => act('say', { text: 'STOP' })} />
        <Act name={t('react')} onClick={() => act('react')} />
      </div>
    </>
  )
}

function Act({ name, onClick }: { name: string; onClick: () => void }) {
  return (
    <Button size="compact-sm" variant="default" onClick={onClick}>
      {name}
    </Button>
  )
}

/** Moves the sandbox's clock and Casement's with it: windows, due times and what is on screen. */
function Clock() {
  const t = useTranslations('phone')
  const queries = useQueryClient()
  const when = useWhen()
  const { data } = useQuery({
    queryKey: ['sandbox', 'phone-clock'],
    queryFn: () => askJson<{ now: string }>('GET', '/v1/sandbox/clock'),
    refetchInterval: 10_000,
  })
  const move = useMutation({
    mutationFn: (advance_ms: number) => askJson<{ now: string }>('POST', '/v1/sandbox/clock', { advance_ms }),
    onSuccess: ({ now }) => learnServerNow(Date.parse(now)),
    onError: tellFailure,
    onSettled: () => queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'words' }),
  })
  return (
    <div className="phone-acts">
      <span className="hint">
        {t('clock')} {data && when.full(data.now)}
      </span>
      {[1, 24].map((hours) => (
        <Button
          key={hours}
          size="compact-sm"
          variant="default"
          loading={move.isPending}
          onClick={() => move.mutate(hours * HOUR_MS)}
        >
          {t('forward', { hours })}
        </Button>
      ))}
    </div>
  )
}
