import { useTranslations } from 'use-intl'
import { useSenders } from '../api/queries.ts'
import { useIsAdmin } from '../api/session.ts'
import { LinkButton } from '../parts/link-button.tsx'
import { Empty, Failed } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { SenderCard } from './card.tsx'

/** The numbers that messages are sent from, how each of them is, and what to do where one is not well. */
export function Senders() {
  const t = useTranslations('senders')
  const isAdmin = useIsAdmin()
  const senders = useSenders()
  const link = isAdmin && (
    <LinkButton to="/setup" size="sm">
      {t('link')}
    </LinkButton>
  )
  return (
    <Page title={t('title')} actions={link}>
      {senders.error && !senders.data && <Failed error={senders.error} onRetry={() => void senders.refetch()} />}
      {senders.data?.length === 0 && <Empty title={t('none')}>{isAdmin ? t('noneHint') : t('noneHintOthers')}</Empty>}
      <div className="cards">
        {senders.data?.map((sender) => (
          <SenderCard key={sender.phone_number_id} sender={sender} />
        ))}
      </div>
    </Page>
  )
}
