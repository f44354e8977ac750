import { lazy, Suspense, useEffect } from 'react'
import { confirmingStore } from '../api/confirming.ts'
import { useSession } from '../api/session.ts'
import { useStore } from '../api/store.ts'

const load = () => import('./over-the-page.tsx')
const SignInAgain = lazy(async () => ({ default: (await load()).SignInAgain }))
const ConfirmIdentity = lazy(async () => ({ default: (await load()).ConfirmIdentity }))

/** Read while nothing else is to be done: a session may end together with the server that has the rest of this page. */
const LATER_MS = 2_000

/** Who somebody is, asked over the page where it has to be. */
export function OverThePage() {
  const { phase } = useSession()
  const isAsked = useStore(confirmingStore) !== null
  useEffect(() => {
    const timer = setTimeout(() => void load().catch(() => {}), LATER_MS)
    return () => clearTimeout(timer)
  }, [])
  return (
    <Suspense>
      {phase === 'out' && <SignInAgain />}
      {isAsked && <ConfirmIdentity />}
    </Suspense>
  )
}
