import { Button, FileButton } from '@mantine/core'
import { Cross2Icon, FileIcon, PlusIcon } from '@radix-ui/react-icons'
import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { sendBytes } from '../api/client.ts'
import { tellFailure } from '../parts/toast.tsx'
import { ACCEPTED, type Attachment, kindOf, takesCaption } from './attachment.ts'
import type { Draft } from './drafts.ts'
import type { Chat } from './search.ts'

/** Takes a file to Meta and puts it beside the draft. */
export function useAttaching(chat: Chat, draft: Draft) {
  const t = useTranslations('composer')
  return useMutation({
    mutationFn: async (file: File): Promise<Attachment> => {
      const { kind, mostMb } = kindOf(file)
      if (mostMb !== null) throw new Error(t('fileTooLarge', { name: file.name, most: mostMb }))
      const query = new URLSearchParams({ sender: chat.sender, filename: file.name })
      const { id } = await sendBytes<{ id: string }>(`/v1/media?${query}`, file)
      return { id, kind, name: file.name }
    },
    onSuccess: draft.setFile,
    onError: tellFailure,
  })
}

export function Attach({ attaching }: { attaching: ReturnType<typeof useAttaching> }) {
  const t = useTranslations('composer')
  return (
    <FileButton accept={ACCEPTED} onChange={(file) => file && attaching.mutate(file)}>
      {(props) => (
        <Button {...props} size="xs" variant="default" leftSection={<PlusIcon />} loading={attaching.isPending}>
          {t('attach')}
        </Button>
      )}
    </FileButton>
  )
}

/** What goes along, and how to leave it out. */
export function Attached({ draft: { file, text, setFile } }: { draft: Draft }) {
  const t = useTranslations('composer')
  const kinds = useTranslations('kinds')
  if (file === null) return null
  return (
    <p className="attached">
      <FileIcon /> {kinds(file.kind)}: <strong>{file.name}</strong>
      <button type="button" className="copy" aria-label={t('detach')} title={t('detach')} onClick={() => setFile(null)}>
        <Cross2Icon />
      </button>
      {!takesCaption(file) && text.trim() !== '' && <span className="hint">{t('noCaption')}</span>}
    </p>
  )
}

/** The first file that was pasted or dropped; null where it was words. */
export function fileIn(data: DataTransfer | null): File | null {
  return data?.files[0] ?? null
}
