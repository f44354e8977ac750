import { Modal } from '@mantine/core'
import { useTranslations } from 'use-intl'

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
    <Modal opened onClose={onClose} title={t('title')}>
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
    </Modal>
  )
}
