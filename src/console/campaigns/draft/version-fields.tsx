import { Button, NumberInput, Textarea, TextInput } from '@mantine/core'
import { useFormatter, useTranslations } from 'use-intl'
import type { ApiFailure } from '../../api/failure.ts'
import { useFieldWords } from '../../parts/failure-words.ts'
import { PhonePreview } from '../../templates/phone-preview.tsx'
import { TemplateForm } from '../../whatsapp/template-form.tsx'
import { type Approved, useNamed } from './approved.ts'
import type { ListedLine } from './lines.ts'
import { shareOf, type Translation, type Version } from './versions.ts'
import { fillIn, type Kind, type Words } from './words.ts'

interface Given {
  kind: Kind
  approved: Approved
  failure: ApiFailure | null
  columns: readonly string[]
  line: ListedLine | null
}

interface VersionProps extends Given {
  version: Version
  versions: readonly Version[]
  /** Its place among the variants; null: there is no other. */
  path: number | null
  set(change: Partial<Version>): void
  onRemove(): void
}

/** One message, in each of its languages; of several with how often it goes. */
export function VersionFields({ version, versions, path, set, onRemove, ...given }: VersionProps) {
  const t = useTranslations('campaigns')
  const wordsOf = useFieldWords()
  const format = useFormatter()
  const { name, weight, languages } = version
  const isOne = path === null
  const own = isOne ? '' : `variants.${path}.`
  const setLanguage = (index: number, change: Partial<Translation>) =>
    set({ languages: languages.map((one, at) => (at === index ? { ...one, ...change } : one)) })
  return (
    <section className={isOne ? 'told' : 'told version'} aria-label={isOne ? t('message') : t('versionOf', { name })}>
      {!isOne && (
        <div className="bar">
          <TextInput
            label={t('versionName')}
            required
            maxLength={64}
            value={name}
            onChange={(event) => set({ name: event.target.value })}
            error={given.failure?.field === `${own}name` ? wordsOf(given.failure) : undefined}
          />
          <NumberInput
            label={t('weight')}
            className="short-field"
            min={1}
            max={1_000}
            allowDecimal={false}
            clampBehavior="strict"
            value={weight}
            onChange={(value) => set({ weight: Number(value) || 1 })}
          />
          <span className="hint">
            {t('share', { share: format.number(shareOf(version, versions) / 100, { style: 'percent' }) })}
          </span>
          <Button size="compact-xs" variant="default" onClick={onRemove}>
            {t('removeVersion')}
          </Button>
        </div>
      )}
      <WordsFields {...given} words={version} of={name} path={`${own}message`} set={set} />
      {languages.map((one, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a language has no name of its own while it is typed
        <div key={index} className="told version">
          <div className="bar">
            <TextInput
              label={t('language')}
              required
              placeholder="pt_BR"
              className="short-field"
              maxLength={16}
              value={one.language}
              onChange={(event) => setLanguage(index, { language: event.target.value })}
              error={given.failure?.field === `${own}languages` ? wordsOf(given.failure) : undefined}
            />
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => set({ languages: languages.filter((_, at) => at !== index) })}
            >
              {t('removeLanguage')}
            </Button>
          </div>
          <WordsFields
            {...given}
            words={one}
            of={[name, one.language].filter(Boolean).join(' · ')}
            path={`${own}languages.${one.language}`}
            set={(change) => setLanguage(index, change)}
          />
        </div>
      ))}
      <div>
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => set({ languages: [...languages, { language: '', text: '', template: null }] })}
        >
          + {t('addLanguage')}
        </Button>
      </div>
    </section>
  )
}

interface WordsProps extends Given {
  words: Words
  /** Which of several, in words; empty: the only one. */
  of: string
  /** Of the member of the API. */
  path: string
  set(change: Partial<Words>): void
}

function WordsFields({ kind, approved, failure, columns, line, words, of, path, set }: WordsProps) {
  const t = useTranslations('campaigns')
  const wordsOf = useFieldWords()
  const choice = useNamed(words.template, (template) => set({ template }), approved, columns)
  const filled = (text: string) => fillIn(text, line?.columns ?? {})
  const wrong = failure?.field?.startsWith(path) ? wordsOf(failure) : undefined
  if (kind === 'template') {
    const shown = Object.fromEntries(Object.entries(choice.values).map(([key, value]) => [key, filled(value)]))
    return (
      <>
        <Columns columns={columns} />
        <TemplateForm choice={choice} asksDeclines={false} shown={shown} />
        {wrong && <p className="found found-bad">{wrong}</p>}
        {choice.template && choice.missing && <p className="hint">{choice.missing}</p>}
      </>
    )
  }
  return (
    <div className="template-form">
      <div className="told">
        <Textarea
          label={of === '' ? t('text') : `${t('text')} · ${of}`}
          required
          autosize
          minRows={3}
          maxRows={12}
          value={words.text}
          onChange={(event) => set({ text: event.target.value })}
          error={wrong}
        />
        <Columns columns={columns} onPut={(name) => set({ text: `${words.text}{{${name}}}` })} />
      </div>
      <PhonePreview
        drawn={{ header: null, body: filled(words.text), footer: null, buttons: [] }}
        label={of === '' ? t('preview') : `${t('preview')} · ${of}`}
      />
    </div>
  )
}

/** What may stand between double braces. */
function Columns({ columns, onPut }: { columns: readonly string[]; onPut?: (name: string) => void }) {
  const t = useTranslations('campaigns')
  return (
    <p className="hint">
      {t('columnsAbout')}
      {columns.length > 0 && <> {t('columns')} </>}
      {columns.map((name) =>
        onPut ? (
          <button key={name} type="button" className="filter" onClick={() => onPut(name)}>
            {name}
          </button>
        ) : (
          <code key={name}>{`{{${name}}} `}</code>
        ),
      )}
    </p>
  )
}
