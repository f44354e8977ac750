import { NavLink } from '@mantine/core'
import {
  ChatBubbleIcon,
  DashboardIcon,
  ExternalLinkIcon,
  FileTextIcon,
  GearIcon,
  ListBulletIcon,
  PaperPlaneIcon,
  PieChartIcon,
  RocketIcon,
  Share1Icon,
} from '@radix-ui/react-icons'
import { Link, useRouterState } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useSenders } from '../api/queries.ts'
import { useIsAdmin, useWho } from '../api/session.ts'
import { PhoneButton } from './phone-button.tsx'

const PLACES = [
  { to: '/templates', name: 'templates', icon: <FileTextIcon /> },
  { to: '/campaigns', name: 'campaigns', icon: <PaperPlaneIcon /> },
  { to: '/flows', name: 'flows', icon: <Share1Icon /> },
  { to: '/intents', name: 'intents', icon: <ListBulletIcon /> },
  { to: '/senders', name: 'senders', icon: <DashboardIcon /> },
  { to: '/costs', name: 'costs', icon: <PieChartIcon /> },
] as const

type Target = (typeof PLACES)[number]['to'] | '/whatsapp' | '/setup' | '/settings'

/** The WhatsApp tab is there while a number is linked, and comes and goes as the list of senders says. */
export function Menu({ onGone }: { onGone: () => void }) {
  const t = useTranslations('menu')
  const senders = useSenders()
  const isAdmin = useIsAdmin()
  const { workspace } = useWho().session
  const hasNumber = (senders.data?.length ?? 0) > 0

  return (
    <>
      <div className="menu">
        {hasNumber && <Entry to="/whatsapp" name={t('whatsapp')} icon={<ChatBubbleIcon />} onGone={onGone} />}
        {PLACES.map(({ to, name, icon }) => (
          <Entry key={to} to={to} name={t(name)} icon={icon} onGone={onGone} />
        ))}
        {isAdmin && <Entry to="/setup" name={t('setup')} icon={<RocketIcon />} onGone={onGone} />}
      </div>
      <div className="menu menu-bottom">
        <PhoneButton onGone={onGone} />
        {isAdmin && workspace === 'default' && (
          <NavLink
            component="a"
            href="/queues/"
            target="_blank"
            label={t('queues')}
            leftSection={<ExternalLinkIcon />}
          />
        )}
        <Entry to="/settings" name={t('settings')} icon={<GearIcon />} onGone={onGone} />
      </div>
    </>
  )
}

function Entry({ to, name, icon, onGone }: { to: Target; name: string; icon: ReactNode; onGone: () => void }) {
  const path = useRouterState({ select: (state) => state.location.pathname })
  const isHere = path === to
  return (
    <NavLink
      component={Link}
      to={to}
      label={name}
      leftSection={icon}
      active={isHere}
      aria-current={isHere ? 'page' : undefined}
      onClick={onGone}
    />
  )
}
