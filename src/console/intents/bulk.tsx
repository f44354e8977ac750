import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import { useMaySend } from '../api/session.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Failed } from '../parts/notice.tsx'
import { useReasonWords } from '../whatsapp/reasons.ts'
import { filterOf } from './queries.ts'
import { type IntentCut, isCut } from './search.ts'

const DEEDS = {
  cancel: { action: 'cancel' },
  replay: { action: 'replay' },
  wasSent: { action: 'settle', outcome: 'sent' },
  wasNotSent: { action: 'settle', outcome: 'not_sent' },
} as const
type Deed = keyof typeof DEEDS

/** What may be done to intents in a state; without a state the API picks those it fits. */
function deedsFor({ state }: IntentCut): Deed[] {
  if (state === 'in_doubt') return ['wasSent', 'wasNotSent', 'cancel']
  if (state === 'failed' || state === 'expired' || state === 'cancelled') return ['replay']
  if (state === 'scheduled' || state === 'queued' || state === 'held') return ['cancel']
  return state === undefined ? ['cancel', 'replay'] : []
}

/** All that match, not only those on the page: counted first, then done in the background. */
export function Bulk({ cut, onBegun }: { cut: IntentCut; onBegun: (job: string) => void }) {
  const t = useTranslations('bulk')
  const maySend = useMaySend()
  const [deed, setDeed] = useState<Deed | null>(null)
  // A campaign is paused, cancelled and tried again as a whole, on its own page.
  if (!maySend || !isCut(cut) || cut.campaign) return null
  return (
    <>
      {deedsFor(cut).map((name) => (
        <Button key={name} size="xs" variant="default" onClick={() => setDeed(name)}>
          {t(`deeds.${name}`)}
        </Button>
      ))}
      {deed && <BulkDialog deed={deed} cut={cut} onBegun={onBegun} onClose={() => setDeed(null)} />}
    </>
  )
}

interface DialogProps {
  deed: Deed
  cut: IntentCut
  onBegun(job: string): void
  onClose(): void
}

function BulkDialog({ deed, cut, onBegun, onClose }: DialogProps) {
  const t = useTranslations('bulk')
  const [reason, setReason] = useState(cut.reason)
  const order = { ...DEEDS[deed], filter: filterOf({ ...cut, reason }) }
  const counted = useQuery({
    queryKey: ['bulk', order],
    gcTime: 0,
    staleTime: 0,
    queryFn: async () => {
      const answer = await dataOf(api.POST('/v1/intents/bulk', { body: { ...order, dry_run: true } }))
      return answer as unknown as { matches: number; by_reason: Record<string, number> }
    },
  })
  const start = useMutation({
    mutationFn: async () => (await dataOf(api.POST('/v1/intents/bulk', { body: order }))) as unknown as { id: string },
    onSuccess({ id }) {
      onBegun(id)
      onClose()
    },
  })
  return (
    <Dialog onClose={onClose} title={t(`deeds.${deed}`)}>
      <div className="told">
        {counted.error && <Failed error={counted.error} onRetry={() => void counted.refetch()} />}
        {start.error && <Failed error={start.error} />}
        {counted.data && (
          <>
            <p>{t('matches', { count: counted.data.matches })}</p>
            <Reasons counts={counted.data.by_reason} chosen={reason} onOnly={setReason} />
            {deed === 'replay' && <p className="hint">{t('replayAbout')}</p>}
            <Button
              disabled={counted.data.matches === 0}
              loading={start.isPending || counted.isFetching}
              onClick={() => start.mutate()}
            >
              {t(`go.${deed}`, { count: counted.data.matches })}
            </Button>
          </>
        )}
      </div>
    </Dialog>
  )
}

interface ReasonsProps {
  counts: Record<string, number>
  chosen: string | undefined
  onOnly(reason: string): void
}

/** Some of what failed is better left alone: each reason can be had by itself. */
function Reasons({ counts, chosen, onOnly }: ReasonsProps) {
  const t = useTranslations('bulk')
  const words = useReasonWords()
  const reasons = Object.entries(counts).toSorted(([, a], [, b]) => b - a)
  return (
    <ul className="founds">
      {reasons.map(([code, count]) => (
        <li key={code} className="bar">
          <span>
            {t('ofReason', { count })} {words({ code, text: code })}
          </span>
          {reasons.length > 1 && code !== chosen && (
            <Button size="compact-xs" variant="default" onClick={() => onOnly(code)}>
              {t('only')}
            </Button>
          )}
        </li>
      ))}
    </ul>
  )
}
