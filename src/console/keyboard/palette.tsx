import { Modal, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import { useMaySend } from '../api/session.ts'
import { useFocusBack } from '../parts/focus-back.ts'
import { phoneStore } from '../shell/phone-button.tsx'
import { templatesQuery } from '../templates/queries.ts'
import { keyOf, nameOf, numberOf } from '../whatsapp/model.ts'

interface Choice {
  id: string
  label: string
  hint: string
  go(): void
}

const SHOWN = 6
const TYPED_MS = 150

/** Anything by its name: people, templates, pages, what was asked for by its id. */
export function Palette({ onClose }: { onClose: () => void }) {
  const t = useTranslations('palette')
  useFocusBack()
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const choices = useChoices(typed.trim())
  const marked = Math.min(at, choices.length - 1)

  function choose(choice: Choice | undefined) {
    if (choice === undefined) return
    onClose()
    choice.go()
  }
  function onKey(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'ArrowDown') setAt(Math.min(marked + 1, choices.length - 1))
    else if (event.key === 'ArrowUp') setAt(Math.max(marked - 1, 0))
    else if (event.key === 'Enter') choose(choices[marked])
    else return
    event.preventDefault()
  }

  return (
    <Modal opened onClose={onClose} withCloseButton={false} yOffset="12vh" aria-label={t('title')}>
      <TextInput
        role="combobox"
        aria-label={t('title')}
        aria-expanded
        aria-controls="palette-choices"
        aria-activedescendant={choices[marked] && `choice-${marked}`}
        placeholder={t('placeholder')}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value)
          setAt(0)
        }}
        onKeyDown={onKey}
        data-autofocus
      />
      <div id="palette-choices" role="listbox" aria-label={t('title')} className="palette">
        {choices.map((choice, index) => (
          <button
            key={choice.id}
            id={`choice-${index}`}
            type="button"
            role="option"
            aria-selected={index === marked}
            tabIndex={-1}
            className="palette-choice"
            onMouseEnter={() => setAt(index)}
            onClick={() => choose(choice)}
          >
            <span>{choice.label}</span> <span className="hint">{choice.hint}</span>
          </button>
        ))}
      </div>
      {choices.length === 0 && <p className="hint">{t('nothing')}</p>}
    </Modal>
  )
}

function useChoices(typed: string): Choice[] {
  const t = useTranslations('palette')
  const navigate = useNavigate()
  const [asked] = useDebouncedValue(typed, TYPED_MS)
  const { data: people = [] } = useQuery({
    queryKey: ['palette', asked],
    enabled: asked !== '',
    queryFn: async () =>
      (await dataOf(api.GET('/v1/conversations', { params: { query: { q: asked, limit: SHOWN } } }))).data,
  })
  const { data: templates = [] } = useQuery(templatesQuery(undefined))
  const fits = (name: string) => name.toLowerCase().includes(typed.toLowerCase())
  const pages = usePages().filter(({ label }) => fits(label))
  if (typed === '') return pages
  return [
    ...people.map((one) => ({
      id: keyOf(one),
      label: nameOf(one.contact),
      hint: numberOf(one.contact),
      go: () => void navigate({ to: '/whatsapp', search: { chat: keyOf(one) } }),
    })),
    ...templates
      .filter(({ name }) => fits(name))
      .slice(0, SHOWN)
      .map(({ id, name, language }) => ({
        id,
        label: name,
        hint: `${t('template')} · ${language}`,
        go: () => void navigate({ to: '/templates', search: { id } }),
      })),
    ...pages,
    {
      id: 'intents',
      label: typed,
      hint: t('inIntents'),
      go: () => void navigate({ to: '/intents', search: { q: typed } }),
    },
  ]
}

function usePages(): Choice[] {
  const t = useTranslations('palette')
  const menu = useTranslations('menu')
  const navigate = useNavigate()
  const maySend = useMaySend()
  const places = (
    ['whatsapp', 'templates', 'campaigns', 'flows', 'intents', 'senders', 'costs', 'setup', 'settings'] as const
  ).map((name) => ({
    id: name,
    label: menu(name),
    hint: t('page'),
    go: () => void navigate({ to: `/${name}`, search: {} }),
  }))
  const writing = {
    id: 'new',
    label: t('newTemplate'),
    hint: t('deed'),
    go: () => void navigate({ to: '/templates', search: { edit: 'new' } }),
  }
  const beginning = {
    id: 'new-campaign',
    label: t('newCampaign'),
    hint: t('deed'),
    go: () => void navigate({ to: '/campaigns', search: { edit: 'new' } }),
  }
  const phone = { id: 'phone', label: menu('phone'), hint: t('deed'), go: () => phoneStore.set(!phoneStore.get()) }
  return [...places, ...(maySend ? [writing, beginning] : []), phone]
}
