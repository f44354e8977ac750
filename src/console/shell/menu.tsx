import { NavLink } from '@mantine/core'
import { ChatBubbleIcon, DashboardIcon, ExternalLinkIcon, RocketIcon } from '@radix-ui/react-icons'
import { Link, useRouterState } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useSenders } from '../api/queries.ts'
import { useIsAdmin, useWho } from '../api/session.ts'

type Target = '/whatsapp' | '/senders' | '/setup'

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
        <Entry to="/senders" name={t('senders')} icon={<DashboardIcon />} onGone={onGone} />
        {isAdmin && <Entry to="/setup" name={t('setup')} icon={<RocketIcon />} onGone={onGone} />}
      </div>
      <div className="menu menu-bottom">
        {isAdmin && workspace === 'default' && (
          <NavLink
            component="a"
            href="/queues"
            target="_blank"
            label={t('queues')}
            leftSection={<ExternalLinkIcon />}
          />
        )}
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
