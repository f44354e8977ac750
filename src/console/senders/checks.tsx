import { CheckCircledIcon, CrossCircledIcon, ExclamationTriangleIcon } from '@radix-ui/react-icons'
import { useTranslations } from 'use-intl'
import type { components } from '../api/schema.d.ts'

export type Check = components['schemas']['SenderChecks']['checks'][number]

const MARKS = { ok: CheckCircledIcon, warn: ExclamationTriangleIcon, fail: CrossCircledIcon } as const
const CLASSES = { ok: 'check check-ok', warn: 'check check-warn', fail: 'check check-fail' } as const

/** What was looked at, what was found, and what cures it. */
export function Checks({ checks }: { checks: readonly Check[] }) {
  const t = useTranslations('checks')
  return (
    <ul className="checks">
      {checks.map(({ name, state, text }) => {
        const Mark = MARKS[state]
        return (
          <li key={name} className={CLASSES[state]}>
            <Mark aria-hidden="true" />
            <span>
              <strong>
                {t(`names.${name}`)} <span className="for-readers">{t(`states.${state}`)}</span>
              </strong>{' '}
              {text}
            </span>
          </li>
        )
      })}
    </ul>
  )
}
