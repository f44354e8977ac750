import { useRouter } from '@tanstack/react-router'
import { useCallback } from 'react'

/** Whether one is still at this page, and has not chosen another whose code is on its way: what comes late takes nobody back. */
export function useStillAt(path: `/${string}`): () => boolean {
  const router = useRouter()
  return useCallback(() => router.latestLocation.pathname === path, [router, path])
}
