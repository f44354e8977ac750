import { useTranslations } from 'use-intl'
import { Dialog } from '../parts/dialog.tsx'

const KEYS = [
  ['palette', 'Ctrl K'],
  ['search', '/'],
  ['rows', 'j · k'],
  ['open', 'Enter'],
  ['reply', 'r'],
  ['send', 'Ctrl Enter'],
  ['back', 'Esc'],
  ['whatsapp', 'g w'],
  ['templates', 'g t'],
  ['campaigns', 'g c'],
  ['flows', 'g f'],
  ['intents', 'g i'],
  ['senders', 'g s'],
  ['costs', 'g m'],
  ['settings', 'g e'],
  ['sheet', '?'],
] as const

export function Sheet({ onClose }: { onClose: () => void }) {
  const t = useTranslations('keys')
  return (
    <Dialog onClose={onClose} title={t('title')}>
      <dl className="facts keys">
        {KEYS.map(([name, key]) => (
          <div key={name}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(name)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
