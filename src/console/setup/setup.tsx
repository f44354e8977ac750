import { useTranslations } from 'use-intl'
import { useSandbox, useSenders } from '../api/queries.ts'
import { useIsAdmin } from '../api/session.ts'
import { Empty } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { LinkForm } from './link-form.tsx'
import { Linked } from './linked.tsx'
import { SandboxStep } from './sandbox-step.tsx'
import { WebhookStep } from './webhook-step.tsx'

/** From nothing to the first message: a number of one's own, or one of the sandbox's. */
export function Setup() {
  const t = useTranslations('setup')
  const isAdmin = useIsAdmin()
  const { data: senders = [] } = useSenders()
  const sandbox = useSandbox()
  if (!isAdmin) return <Empty title={t('adminsOnly')} />
  return (
    <Page title={t('title')}>
      {senders.length > 0 && <Linked senders={senders} />}
      {sandbox && <SandboxStep senders={senders} />}
      <LinkForm />
      <WebhookStep />
    </Page>
  )
}
