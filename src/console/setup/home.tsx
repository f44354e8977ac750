import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useSenders } from '../api/queries.ts'
import { useIsAdmin } from '../api/session.ts'
import { Failed } from '../parts/notice.tsx'
import { useStillAt } from '../parts/still-at.ts'

/** The bare address: conversations where there is a number, else how to get one. */
export function Home() {
  const senders = useSenders()
  const isAdmin = useIsAdmin()
  if (senders.error && !senders.data) return <Failed error={senders.error} onRetry={() => void senders.refetch()} />
  if (!senders.data) return null
  if (senders.data.length > 0) return <Onward to="/whatsapp" />
  return <Onward to={isAdmin ? '/setup' : '/senders'} />
}

function Onward({ to }: { to: '/whatsapp' | '/setup' | '/senders' }) {
  const isHere = useStillAt('/')
  const navigate = useNavigate()
  useEffect(() => {
    if (isHere()) void navigate({ to, search: {}, replace: true })
  }, [isHere, navigate, to])
  return null
}
