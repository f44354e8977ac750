import { useTranslations } from 'use-intl'
import type { Sender } from '../api/queries.ts'
import { LinkButton } from '../parts/link-button.tsx'
import { Notice } from '../parts/notice.tsx'
import { senderName } from '../senders/name.ts'

/** What is there already, and where it went: into the menu. */
export function Linked({ senders }: { senders: Sender[] }) {
  const t = useTranslations('setup')
  return (
    <Notice tone="good" title={t('linked', { count: senders.length })}>
      <p>{senders.map(senderName).join(', ')}</p>
      <LinkButton to="/whatsapp" size="xs" mt="xs">
        {t('open')}
      </LinkButton>
    </Notice>
  )
}
