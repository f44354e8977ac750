import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { setupQuery } from '../api/queries.ts'
import { Chip } from '../parts/chip.tsx'
import { Copy } from '../parts/copy.tsx'
import { Failed, Notice } from '../parts/notice.tsx'
import { When } from '../time/when.tsx'

const LOOK_EVERY_MS = 3_000
/** What is asked for in other steps of the page. */
const ELSEWHERE = ['number', 'webhook']

/** Where Meta has to reach Casement, and whether it did. Without webhooks messages go out and nothing comes back. */
export function WebhookStep() {
  const t = useTranslations('setup')
  const { data: setup, error } = useQuery({
    ...setupQuery,
    refetchInterval: LOOK_EVERY_MS,
  })
  return (
    <section className="step">
      <h2>{t('webhook')}</h2>
      <p className="hint">{t('webhookAbout')}</p>
      {error && <Failed error={error} />}
      {setup?.webhook_url && (
        <p>
          {t('url')} <code>{setup.webhook_url}</code> <Copy text={setup.webhook_url} />
        </p>
      )}
      {setup?.verify_token && (
        <p>
          {t('token2')} <code>{setup.verify_token}</code> <Copy text={setup.verify_token} />
        </p>
      )}
      <p className="hint">{t('subscribe')}</p>
      {setup?.missing
        .filter((name) => !ELSEWHERE.includes(name))
        .map((name) => (
          <Notice key={name} tone="warn">
            {t(`missing.${name as 'public_url'}`)}
          </Notice>
        ))}
      {setup && (
        <div role="status">
          {setup.webhook_seen_at === null ? (
            <Chip tone="info">{t('waitsForWebhook')}</Chip>
          ) : (
            <Chip tone="good" icon="✓">
              {t('webhookSeen')} <When at={setup.webhook_seen_at} />
            </Chip>
          )}
        </div>
      )}
    </section>
  )
}
