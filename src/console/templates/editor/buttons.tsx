import { Button, CloseButton, Select, TextInput } from '@mantine/core'
import { PlusIcon } from '@radix-ui/react-icons'
import { useTranslations } from 'use-intl'
import { randomKey } from '../../api/random-key.ts'
import { likelyDeclines, variablesIn } from '../template.ts'
import type { Checked } from './checking.ts'
import type { ButtonKind, FormButton } from './form.ts'
import { Found } from './found.tsx'

const KINDS: ButtonKind[] = ['QUICK_REPLY', 'URL', 'PHONE_NUMBER']
/** Source: Meta, templates/components (read 2026-11). */
const MAX_BUTTONS = 10
const MAX_LABEL = 25

interface Props {
  buttons: FormButton[]
  checked: Checked
  isUnwritten(button: FormButton): boolean
  onChange(buttons: FormButton[]): void
}

export function Buttons({ buttons, checked, isUnwritten, onChange }: Props) {
  const t = useTranslations('templates')
  const add = () => onChange([...buttons, { key: randomKey(), type: 'QUICK_REPLY', text: '', target: '', example: '' }])
  return (
    <fieldset className="told editor-buttons">
      <legend>{t('buttons')}</legend>
      {buttons.map((button, index) => (
        <div key={button.key} data-part={button.key}>
          <ButtonFields
            button={button}
            onChange={(change) =>
              onChange(buttons.map((one) => (one.key === button.key ? { ...one, ...change } : one)))
            }
            onRemove={() => onChange(buttons.filter(({ key }) => key !== button.key))}
          />
          <Found checked={checked} fields={[`buttons.${index}`]} isUnwritten={isUnwritten(button)} />
        </div>
      ))}
      <Found checked={checked} fields={['buttons']} />
      {buttons.length < MAX_BUTTONS && (
        <div>
          <Button size="xs" variant="default" leftSection={<PlusIcon />} onClick={add}>
            {t('addButton')}
          </Button>
        </div>
      )}
    </fieldset>
  )
}

interface FieldProps {
  button: FormButton
  onChange(change: Partial<FormButton>): void
  onRemove(): void
}

function ButtonFields({ button: { type, text, target, example }, onChange, onRemove }: FieldProps) {
  const t = useTranslations('templates')
  const isNo = type === 'QUICK_REPLY' && likelyDeclines([text]).length > 0
  return (
    <div className="bar">
      <Select
        size="xs"
        aria-label={t('buttonKind')}
        allowDeselect={false}
        data={KINDS.map((kind) => ({ value: kind, label: t(`buttonKinds.${kind}`) }))}
        value={type}
        onChange={(kind) => onChange({ type: kind as ButtonKind, target: '', example: '' })}
      />
      <TextInput
        size="xs"
        aria-label={t('buttonText')}
        placeholder={t('buttonText')}
        maxLength={MAX_LABEL}
        value={text}
        onChange={(event) => onChange({ text: event.target.value })}
      />
      {type !== 'QUICK_REPLY' && (
        <TextInput
          size="xs"
          aria-label={t(`targets.${type}`)}
          placeholder={t(`targets.${type}`)}
          value={target}
          onChange={(event) => onChange({ target: event.target.value })}
        />
      )}
      {type === 'URL' && variablesIn(target).length > 0 && (
        <TextInput
          size="xs"
          aria-label={t('urlExample')}
          placeholder={t('urlExample')}
          value={example}
          onChange={(event) => onChange({ example: event.target.value })}
        />
      )}
      <CloseButton aria-label={t('removeButton')} title={t('removeButton')} onClick={onRemove} />
      {isNo && <span className="hint">{t('declines')}</span>}
    </div>
  )
}
