import { useQuery } from '@tanstack/react-query'
import { askJson } from '../api/client.ts'
import { livenessStore } from '../api/live.ts'
import { useSandbox } from '../api/queries.ts'
import { useStore } from '../api/store.ts'
import { learnServerNow } from './server-clock.ts'

const ASK_EVERY_MS = 5_000

/**
 * While no stream says what Casement's clock shows: that of the built-in sandbox, which moves with it. Everywhere else the two clocks are
 * kept by the network, and the browser's will do.
 */
export function useClockBeforeStream(): void {
  const isLive = useStore(livenessStore) === 'live'
  const hasSandbox = useSandbox()
  useQuery({
    queryKey: ['sandbox', 'clock-before-stream'],
    queryFn: async () => {
      const { now } = await askJson<{ now: string }>('GET', '/v1/sandbox/clock')
      // What was told by a stream meanwhile is newer.
      if (livenessStore.get() !== 'live') learnServerNow(Date.parse(now))
      return now
    },
    enabled: hasSandbox && !isLive,
    refetchInterval: ASK_EVERY_MS,
    staleTime: 0,
  })
}
