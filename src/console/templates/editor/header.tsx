import { Button, FileButton, Select, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { sendBytes } from '../../api/client.ts'
import { tellFailure } from '../../parts/toast.tsx'
import type { HeaderKind, TemplateForm } from './form.ts'

const KINDS: HeaderKind[] = ['NONE', 'TEXT', 'IMAGE', 'VIDEO', 'DOCUMENT']
const ACCEPTED = { IMAGE: 'image/jpeg,image/png', VIDEO: 'video/mp4,video/3gpp', DOCUMENT: 'application/pdf' } as const

interface Props {
  form: TemplateForm
  wabaId: string
  onChange(header: TemplateForm['header']): void
}

/** Nothing, a line, or a file, of which Meta wants to see a sample. */
export function Header({ form: { header }, wabaId, onChange }: Props) {
  const t = useTranslations('templates')
  const upload = useMutation({
    mutationFn: async (file: File) => {
      const { handle } = await sendBytes<{ handle: string }>(`/v1/templates/samples?waba_id=${wabaId}`, file)
      return { handle, fileName: file.name }
    },
    onSuccess: (sample) => onChange({ ...header, ...sample }),
    onError: tellFailure,
  })
  const isFile = header.kind !== 'NONE' && header.kind !== 'TEXT'
  return (
    <div className="bar" data-part="header">
      <Select
        label={t('header')}
        allowDeselect={false}
        data={KINDS.map((kind) => ({ value: kind, label: t(`headers.${kind}`) }))}
        value={header.kind}
        onChange={(kind) => onChange({ ...header, kind: kind as HeaderKind, handle: '', fileName: '' })}
      />
      {header.kind === 'TEXT' && (
        <TextInput
          className="wide-field"
          label={t('headerText')}
          maxLength={60}
          value={header.text}
          onChange={(event) => onChange({ ...header, text: event.target.value })}
        />
      )}
      {isFile && (
        <FileButton
          accept={ACCEPTED[header.kind as keyof typeof ACCEPTED]}
          onChange={(file) => file && upload.mutate(file)}
        >
          {(props) => (
            <Button {...props} variant="default" loading={upload.isPending} disabled={wabaId === ''}>
              {t('sample')}
            </Button>
          )}
        </FileButton>
      )}
      {isFile && <span className="hint">{header.fileName === '' ? t('noSample') : header.fileName}</span>}
    </div>
  )
}
