import { CheckCircledIcon, CrossCircledIcon, ExclamationTriangleIcon } from '@radix-ui/react-icons'
import { useTranslations } from 'use-intl'
import type { components } from '../api/schema.d.ts'
import { useWhen } from '../time/when.tsx'

export type Check = components['schemas']['SenderChecks']['checks'][number]

const MARKS = { ok: CheckCircledIcon, warn: ExclamationTriangleIcon, fail: CrossCircledIcon } as const
const CLASSES = { ok: 'check check-ok', warn: 'check check-warn', fail: 'check check-fail' } as const

/** What was looked at, what was found, and what cures it. */
export function Checks({ checks }: { checks: readonly Check[] }) {
  const t = useTranslations('checks')
  return (
    <ul className="checks">
      {checks.map((check) => {
        const { name, state } = check
        const Mark = MARKS[state]
        return (
          <li key={name} className={CLASSES[state]}>
            <Mark aria-hidden="true" />
            <span>
              <strong>
                {t(`names.${name}`)} <span className="for-readers">{t(`states.${state}`)}</span>
              </strong>{' '}
              <FoundWords check={check} />
            </span>
          </li>
        )
      })}
    </ul>
  )
}

/** Where there is no code, or one that is newer than this page, the API's own words, which are English. */
function FoundWords({ check: { name, code, values, text } }: { check: Check }) {
  const t = useTranslations('checks.found')
  const { full } = useWhen()
  const key = `${name}.${code}` as 'token.lasting'
  if (code === null || !t.has(key)) return <span lang="en">{text}</span>
  const instants = ['at', 'until'].flatMap((member) => {
    const at = values[member]
    return typeof at === 'string' ? [[member, full(at)]] : []
  })
  return <>{t(key, { ...values, ...Object.fromEntries(instants) })}</>
}
