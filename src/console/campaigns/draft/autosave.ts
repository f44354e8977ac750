import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { api, dataOf } from '../../api/client.ts'
import { type ApiFailure, toFailure } from '../../api/failure.ts'
import { useSession } from '../../api/session.ts'
import type { Campaign } from '../queries.ts'
import { type Document, documentIn, isChangedElsewhere, patchOf } from './form.ts'

/** `waiting`: nobody answered, or the session was over; it is tried again. `incomplete`: what is missing is said beside it, and the server has what was there before. */
export type SavingState = 'saved' | 'saving' | 'waiting' | 'incomplete' | 'refused'

export interface Saving {
  state: SavingState
  failure: ApiFailure | null
}

const TYPED_MS = 600
const AGAIN_MS = 3_000

/**
 * Writes down what was changed as soon as typing rests, so that what is started is what is seen.
 *
 * @param written the whole of what a person wrote, as a text: another text is a change
 * @param document null while something is missing
 * @param onElsewhere somebody else, or another tab, has changed it, and nothing that was written here is lost by showing that
 */
export function useAutosave(
  campaign: Campaign,
  written: string,
  document: Document | null,
  onElsewhere: () => void,
): Saving {
  const { id } = campaign
  /** As the server told it last, and as it was written here then. */
  const known = useRef(documentIn(campaign))
  const base = useRef<Document | null>(null)
  const queries = useQueryClient()
  const [saved, setSaved] = useState(written)
  const [refused, setRefused] = useState<{ written: string; failure: ApiFailure } | null>(null)
  const isAway = useRef(false)
  const { phase } = useSession()
  const isRefused = refused?.written === written && !isPassing(refused.failure)
  const isDue = written !== saved && document !== null && !isRefused && phase === 'in'

  const save = useEffectEvent(async () => {
    if (!isDue || isAway.current) return
    isAway.current = true
    try {
      const params = { path: { id } }
      const body = patchOf(document, base.current ?? known.current)
      const changed = await dataOf(api.PATCH('/v1/campaigns/{id}', { params, body: body as never }))
      const isElsewhere = isChangedElsewhere(known.current, documentIn(changed), Object.keys(body))
      known.current = documentIn(changed)
      base.current = document
      queries.setQueryData(['campaign', id], changed)
      void queries.invalidateQueries({ queryKey: ['campaign', id, 'estimate'] })
      void queries.invalidateQueries({ queryKey: ['campaigns'], refetchType: 'none' })
      setSaved(written)
      setRefused(null)
      if (isElsewhere) onElsewhere()
    } catch (error) {
      setRefused({ written, failure: toFailure(error) })
    } finally {
      isAway.current = false
    }
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: each change begins the wait anew, and so does the end of a save
  useEffect(() => {
    const timer = setTimeout(() => void save(), refused?.written === written ? AGAIN_MS : TYPED_MS)
    return () => clearTimeout(timer)
  }, [written, saved, refused, document === null, phase])
  const isSaved = written === saved
  useEffect(() => {
    if (isSaved) base.current ??= document
  }, [isSaved, document])
  useEffect(() => {
    if (isSaved && !isAway.current && isChangedElsewhere(known.current, documentIn(campaign), [])) onElsewhere()
  }, [campaign, isSaved, onElsewhere])
  // Whoever leaves the page has not waited.
  useEffect(() => () => void save(), [])

  const failure = refused?.written === written ? refused.failure : null
  if (failure !== null && isPassing(failure)) return { state: 'waiting', failure: null }
  if (failure !== null) return { state: 'refused', failure }
  if (written === saved) return { state: 'saved', failure }
  return { state: document === null ? 'incomplete' : 'saving', failure }
}

/** Not about what was written. */
function isPassing({ status }: ApiFailure): boolean {
  return status === 0 || status === 401 || status === 429 || status >= 500
}
