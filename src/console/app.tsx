import { RouterProvider } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { ApiFailure, toFailure } from './api/failure.ts'
import { useSession } from './api/session.ts'
import { resume, signIn } from './api/signing-in.ts'
import { router } from './routes.tsx'

const SignInPage = lazy(() => import('./sign-in/sign-in.tsx').then(({ SignInPage }) => ({ default: SignInPage })))

/** The code of a link stands where browsers send it nowhere. It is worth a session, so it leaves the address bar and the history first. */
function takeCode(): string | null {
  const code = /^#code=([A-Za-z0-9_-]+)$/.exec(location.hash)?.[1] ?? null
  if (code !== null) history.replaceState(null, '', location.pathname + location.search)
  return code
}

/** Begun once, however often React draws. */
let beginning: Promise<ApiFailure | null> | null = null

async function begin(): Promise<ApiFailure | null> {
  const code = takeCode()
  if (code === null) {
    await resume()
    return null
  }
  try {
    await signIn({ link: code })
    return null
  } catch (error) {
    const failure = toFailure(error)
    await resume()
    if (failure.code !== 'unauthorized') return failure
    return new ApiFailure(failure.message, { status: 401, code: 'used_link' })
  }
}

export function App() {
  const { phase, who } = useSession()
  const [failed, setFailed] = useState<ApiFailure | null>(null)
  useEffect(() => {
    beginning ??= begin()
    void beginning.then(setFailed)
    const onHash = () => {
      if (location.hash.startsWith('#code=')) void begin().then(setFailed)
    }
    addEventListener('hashchange', onHash)
    return () => removeEventListener('hashchange', onHash)
  }, [])

  if (phase === 'starting') return null
  if (who === null) {
    return (
      <Suspense>
        <SignInPage key={failed?.code ?? ''} failed={failed} />
      </Suspense>
    )
  }
  return <RouterProvider router={router} />
}
