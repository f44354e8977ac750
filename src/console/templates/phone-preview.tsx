import { useTranslations } from 'use-intl'
import type { Drawn } from './template.ts'

/** A message as it will look on a phone. */
export function PhonePreview({ drawn, label }: { drawn: Drawn; label?: string }) {
  const t = useTranslations('sync')
  return (
    <figure className="phone" aria-label={label ?? t('preview')}>
      <div className="bubble bubble-theirs phone-bubble">
        {drawn.header && <div className="phone-header">{drawn.header}</div>}
        <div className="bubble-text">{drawn.body || <span className="hint">{t('empty')}</span>}</div>
        {drawn.footer && <div className="phone-footer">{drawn.footer}</div>}
      </div>
      {drawn.buttons.map(({ text }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two buttons may say the same, and none changes its place
        <div key={index} className="phone-button">
          {text}
        </div>
      ))}
    </figure>
  )
}
