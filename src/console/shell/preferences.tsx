import { ActionIcon, Button, Menu, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { BellIcon, ExitIcon, GlobeIcon, KeyboardIcon, MoonIcon, PersonIcon, SunIcon } from '@radix-ui/react-icons'
import { lazy, Suspense } from 'react'
import { useTranslations } from 'use-intl'
import { useWho } from '../api/session.ts'
import { signOut, switchWorkspace } from '../api/signing-in.ts'
import { useStore } from '../api/store.ts'
import { overStore } from '../keyboard/keyboard.tsx'
import { tellDone } from '../parts/toast.tsx'
import { serverNow } from '../time/server-clock.ts'
import { cityOf, offsetName, useZone } from '../time/zones.ts'
import { chooseLanguage, LANGUAGES, type Language, useLanguage } from '../words/words.tsx'
import { notifyStore, wantNotices } from './notifying.ts'

/** Light or dark: as the system says, until somebody chooses. */
export function SchemeSwitch() {
  const t = useTranslations('shell')
  const { setColorScheme } = useMantineColorScheme()
  const isDark = useComputedColorScheme('light') === 'dark'
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={isDark ? t('light') : t('dark')}
      onClick={() => setColorScheme(isDark ? 'light' : 'dark')}
    >
      {isDark ? <SunIcon /> : <MoonIcon />}
    </ActionIcon>
  )
}

export function LanguageMenu() {
  const t = useTranslations('shell')
  const chosen = useLanguage()
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          aria-label={`${t('language')}: ${chosen.toUpperCase()}`}
        >
          {chosen.toUpperCase()}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(Object.keys(LANGUAGES) as Language[]).map((language) => (
          <Menu.Item key={language} lang={language} onClick={() => chooseLanguage(language)}>
            {LANGUAGES[language]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

const ZoneSelect = lazy(() => import('./zone-select.tsx').then(({ ZoneSelect }) => ({ default: ZoneSelect })))

/** The zone of every time on the page, by name. */
export function ZoneMenu() {
  const t = useTranslations('shell')
  const zone = useZone()
  return (
    <Menu position="bottom-end" width={280} closeOnItemClick={false}>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          leftSection={<GlobeIcon />}
          className="zone"
          aria-label={`${t('zone')}: ${zone}`}
        >
          <span className="zone-name">
            {cityOf(zone)} ({offsetName(zone, serverNow())})
          </span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown p="sm">
        <Suspense>
          <ZoneSelect />
        </Suspense>
      </Menu.Dropdown>
    </Menu>
  )
}

/** Who is here, their workspaces, and the way out. */
export function PersonMenu() {
  const t = useTranslations('shell')
  const { session, workspaces } = useWho()
  const isTold = useStore(notifyStore)
  async function toggle() {
    if (!(await wantNotices(!isTold)) && !isTold) tellDone(t('notifyRefused'))
  }
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          leftSection={<PersonIcon />}
          className="person"
          aria-label={t('person', { name: session.user.name })}
        >
          <span className="person-name">{session.user.name}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <div className="person-about">
          <div>{session.user.email}</div>
          <div>{t('roleOf', { role: t(`roles.${session.role}`), workspace: session.workspace })}</div>
        </div>
        {workspaces.length > 1 && (
          <>
            <Menu.Divider />
            <Menu.Label>{t('workspaces')}</Menu.Label>
            {workspaces.map(({ id, name }) => (
              <Menu.Item key={id} disabled={id === session.workspace} onClick={() => switchWorkspace(id)}>
                {name}
              </Menu.Item>
            ))}
          </>
        )}
        <Menu.Divider />
        <Menu.Item leftSection={<BellIcon />} onClick={() => void toggle()}>
          {isTold ? t('notifyOff') : t('notifyOn')}
        </Menu.Item>
        <Menu.Item leftSection={<KeyboardIcon />} onClick={() => overStore.set('sheet')}>
          {t('keys')}
        </Menu.Item>
        <Menu.Item leftSection={<ExitIcon />} onClick={() => void signOut()}>
          {t('signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
