import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { livenessStore } from '../api/live.ts'
import { sandboxQuery } from '../api/queries.ts'
import { useStore } from '../api/store.ts'
import { learnServerNow } from './server-clock.ts'

const ASK_EVERY_MS = 5_000

/**
 * While no stream says what Casement's clock shows: that of the built-in sandbox, which moves with it. Everywhere else the two clocks are
 * kept by the network, and the browser's will do.
 */
export function useClockBeforeStream(): void {
  const isLive = useStore(livenessStore) === 'live'
  const { data } = useQuery({ ...sandboxQuery, refetchInterval: isLive ? false : ASK_EVERY_MS, enabled: !isLive })
  useEffect(() => {
    if (data && !isLive) learnServerNow(Date.parse(data.now))
  }, [data, isLive])
}
