import { Button, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../../api/client.ts'
import { randomKey } from '../../api/random-key.ts'
import type { components } from '../../api/schema.d.ts'
import { Failed } from '../../parts/notice.tsx'
import { tellDone, tellFailure } from '../../parts/toast.tsx'
import type { FormButton, TemplateForm } from './form.ts'

type LibraryTemplate = components['schemas']['LibraryTemplate']

const SHOWN = 12

interface Props {
  wabaId: string
  language: string
  onCopy(change: Partial<TemplateForm>): void
  onUsed(): void
}

/** Meta's ready-made templates: approved at once as they are, or a beginning. */
export function Library({ wabaId, language, onCopy, onUsed }: Props) {
  const t = useTranslations('templates')
  const [isOpen, setOpen] = useState(false)
  if (!isOpen) {
    return (
      <div>
        <Button size="xs" variant="default" onClick={() => setOpen(true)}>
          {t('fromLibrary')}
        </Button>
      </div>
    )
  }
  return <Shelves wabaId={wabaId} language={language} onCopy={onCopy} onUsed={onUsed} />
}

function Shelves({ wabaId, language, onCopy, onUsed }: Props) {
  const t = useTranslations('templates')
  const [typed, setTyped] = useState('')
  const [search] = useDebouncedValue(typed.trim(), 300)
  const { data, error } = useQuery({
    queryKey: ['library', search, language],
    queryFn: async () => {
      const query = { limit: SHOWN, ...(search && { search }), ...(language && { language }) }
      return (await dataOf(api.GET('/v1/templates/library', { params: { query } }))).data
    },
    staleTime: 600_000,
  })
  return (
    <section className="step" aria-label={t('library')}>
      <TextInput
        type="search"
        aria-label={t('searchLibrary')}
        placeholder={t('searchLibrary')}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      {error && <Failed error={error} />}
      {data?.length === 0 && <p className="hint">{t('noneFound')}</p>}
      <ul className="library">
        {data?.map((one) => (
          <li key={`${one.name} ${one.language}`}>
            <strong>{one.name}</strong> <span className="hint">{one.category?.toLowerCase()}</span>
            <p>{one.body}</p>
            <div className="bar">
              <Use wabaId={wabaId} template={one} onUsed={onUsed} />
              <Button size="compact-xs" variant="default" onClick={() => onCopy(copyOf(one))}>
                {t('copyWords')}
              </Button>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** One whose buttons ask for an address or a number is copied and filled in. */
function Use({ wabaId, template, onUsed }: { wabaId: string; template: LibraryTemplate; onUsed: () => void }) {
  const t = useTranslations('templates')
  const queries = useQueryClient()
  const use = useMutation({
    mutationFn: () => {
      const { name, language = 'en_US', category = 'UTILITY' } = template
      const body = { waba_id: wabaId, name, language, category, library_template_name: name }
      return dataOf(api.POST('/v1/templates', { body: body as never }))
    },
    onError: tellFailure,
    onSuccess: () => {
      tellDone(t('submitted', { name: template.name }))
      onUsed()
    },
    onSettled: () => void queries.invalidateQueries({ queryKey: ['templates'] }),
  })
  if ((template.buttons ?? []).some(({ type }) => String(type).toUpperCase() !== 'QUICK_REPLY')) return null
  return (
    <Button size="compact-xs" loading={use.isPending} disabled={wabaId === ''} onClick={() => use.mutate()}>
      {t('useAsItIs')}
    </Button>
  )
}

function copyOf({ name, language, category, header, body = '', body_params = [], buttons = [] }: LibraryTemplate) {
  return {
    name,
    ...(language && { language }),
    category: category === 'MARKETING' ? ('MARKETING' as const) : ('UTILITY' as const),
    header: { kind: header ? ('TEXT' as const) : ('NONE' as const), text: header ?? '', handle: '', fileName: '' },
    body,
    examples: Object.fromEntries(body_params.map((example, index) => [`body:${index + 1}`, example])),
    buttons: buttons.flatMap((button): FormButton[] => {
      const type = String(button.type).toUpperCase()
      if (type !== 'QUICK_REPLY' && type !== 'URL' && type !== 'PHONE_NUMBER') return []
      return [{ key: randomKey(), type, text: String(button.text ?? ''), target: '', example: '' }]
    }),
  }
}
