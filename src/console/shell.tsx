import { ActionIcon, AppShell, Burger, Group } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { MagnifyingGlassIcon } from '@radix-ui/react-icons'
import { useQueryClient } from '@tanstack/react-query'
import { Outlet, useRouter } from '@tanstack/react-router'
import { lazy, Suspense, useEffect } from 'react'
import { useTranslations } from 'use-intl'
import { listen } from './api/live.ts'
import { heed } from './api/queries.ts'
import { useSession, useWho } from './api/session.ts'
import { useStore } from './api/store.ts'
import { heedCampaign } from './campaigns/heeding.ts'
import { heedFlow } from './flows/heeding.ts'
import { heedIntent } from './intents/heeding.ts'
import { Keyboard, overStore } from './keyboard/keyboard.tsx'
import { LiveDot } from './shell/live-dot.tsx'
import { Menu } from './shell/menu.tsx'
import { notify } from './shell/notifying.ts'
import { phoneStore } from './shell/phone-button.tsx'
import { LanguageMenu, PersonMenu, SchemeSwitch, ZoneMenu } from './shell/preferences.tsx'
import { OverThePage } from './sign-in/asking.tsx'
import { useClockBeforeStream } from './time/first-clock.ts'
import { learnServerNow } from './time/server-clock.ts'
import { heedConversation } from './whatsapp/heeding.ts'

const SandboxPhone = lazy(() => import('./sandbox/phone.tsx').then(({ SandboxPhone }) => ({ default: SandboxPhone })))

/** The frame of every page: what is live, in which zone and language, who is here, and where one can go. */
export function Shell() {
  const t = useTranslations('shell')
  const [isMenuOpen, menu] = useDisclosure(false)
  const isPhoneOpen = useStore(phoneStore)
  useLiveUpdates()
  useClockBeforeStream()

  return (
    <AppShell
      header={{ height: 48 }}
      navbar={{ width: 200, breakpoint: 'sm', collapsed: { mobile: !isMenuOpen } }}
      aside={{ width: 320, breakpoint: 'md', collapsed: { mobile: !isPhoneOpen, desktop: !isPhoneOpen } }}
      padding={0}
    >
      <AppShell.Header className="top">
        <Group gap="xs" wrap="nowrap">
          <Burger opened={isMenuOpen} onClick={menu.toggle} hiddenFrom="sm" size="sm" aria-label={t('menu')} />
          <span className="brand">Casement</span>
        </Group>
        <Group gap={6} wrap="nowrap">
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('find')}
            title={t('find')}
            onClick={() => overStore.set('palette')}
          >
            <MagnifyingGlassIcon />
          </ActionIcon>
          <LiveDot />
          <ZoneMenu />
          <LanguageMenu />
          <SchemeSwitch />
          <PersonMenu />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar aria-label={t('menu')}>
        <Menu onGone={menu.close} />
      </AppShell.Navbar>
      <AppShell.Main className="main">
        <Outlet />
      </AppShell.Main>
      {isPhoneOpen && (
        <AppShell.Aside>
          <Suspense>
            <SandboxPhone onClose={() => phoneStore.set(false)} />
          </Suspense>
        </AppShell.Aside>
      )}
      <Keyboard />
      <OverThePage />
    </AppShell>
  )
}

function useLiveUpdates(): void {
  const queries = useQueryClient()
  const router = useRouter()
  const { phase } = useSession()
  const { workspace } = useWho().session
  useEffect(() => {
    if (phase !== 'in') return
    return listen(workspace, (event) => {
      if (event.type === 'hello' || event.type === 'clock') learnServerNow(Date.parse(String(event.data.now)))
      heed(queries, event)
      heedConversation(queries, event)
      heedIntent(queries, event)
      heedCampaign(queries, event)
      heedFlow(queries, event)
      notify(event, (chat) => void router.navigate({ to: '/whatsapp', search: { chat } }))
    })
  }, [queries, router, workspace, phase])
}
