import { Navigate } from '@tanstack/react-router'
import { useSenders } from '../api/queries.ts'
import { useIsAdmin } from '../api/session.ts'
import { Failed } from '../parts/notice.tsx'

/** The bare address: conversations where there is a number, else how to get one. */
export function Home() {
  const senders = useSenders()
  const isAdmin = useIsAdmin()
  if (senders.error && !senders.data) return <Failed error={senders.error} onRetry={() => void senders.refetch()} />
  if (!senders.data) return null
  if (senders.data.length > 0) return <Navigate to="/whatsapp" search={{}} replace />
  return <Navigate to={isAdmin ? '/setup' : '/senders'} replace />
}
