import { useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslations } from 'use-intl'
import { useIsAdmin } from '../api/session.ts'
import { Page } from '../parts/page.tsx'
import { Audit } from './audit.tsx'
import { Endpoints } from './endpoints.tsx'
import { Keys } from './keys.tsx'
import { People } from './people.tsx'
import { SECTIONS, type Section } from './search.ts'
import { Workspace } from './workspace.tsx'
import { You } from './you.tsx'

const PARTS: Record<Section, () => React.ReactNode> = {
  you: You,
  people: People,
  keys: Keys,
  endpoints: Endpoints,
  workspace: Workspace,
  audit: Audit,
}

/** Oneself for everybody; people, keys, endpoints and the audit log for administrators. */
export function Settings() {
  const t = useTranslations('settings')
  const { section = 'you' } = useSearch({ from: '/settings' })
  const navigate = useNavigate()
  const isAdmin = useIsAdmin()
  const shown: Section = isAdmin ? section : 'you'
  const Part = PARTS[shown]
  return (
    <Page title={t('title')}>
      {isAdmin && (
        <div className="bar">
          {SECTIONS.map((name) => (
            <button
              key={name}
              type="button"
              className="filter"
              aria-pressed={shown === name}
              onClick={() => void navigate({ to: '/settings', search: { section: name } })}
            >
              {t(name)}
            </button>
          ))}
        </div>
      )}
      <Part />
    </Page>
  )
}
