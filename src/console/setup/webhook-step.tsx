import { useTranslations } from 'use-intl'
import { Copy } from '../parts/copy.tsx'
import { Notice } from '../parts/notice.tsx'

const LOCAL = /^(localhost|127\.|\[::1\])/

/** Where Meta has to reach Casement. Without webhooks messages go out and nothing comes back. */
export function WebhookStep() {
  const t = useTranslations('setup')
  const url = `${location.origin}/webhooks/whatsapp`
  return (
    <section className="step">
      <h2>{t('webhook')}</h2>
      <p className="hint">{t('webhookAbout')}</p>
      <p>
        {t('url')} <code>{url}</code> <Copy text={url} />
      </p>
      <p className="hint">{t('verifyToken')}</p>
      {LOCAL.test(location.host) && <Notice tone="warn">{t('local')}</Notice>}
    </section>
  )
}
