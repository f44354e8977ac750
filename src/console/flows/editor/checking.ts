import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { askJson, sendYaml } from '../../api/client.ts'
import { type Problem, toFailure } from '../../api/failure.ts'
import type { components } from '../../api/schema.d.ts'
import type { Simulation } from '../queries.ts'

const TYPED_MS = 300
/** A script is half a word until then, which is a mistake in it. */
const STOPPED_MS = 800

export type Migration = NonNullable<components['schemas']['FlowCheck']['migration']>

export interface Checked {
  problems: Problem[]
  warnings: Problem[]
  /** What becomes of live runs that go over to it; null where something is wrong, or there is no such flow. */
  migration: Migration | null
  /** What was found is about an earlier word. */
  isOld: boolean
}

/** What is wrong with a document, found while it is typed. */
export function useChecked(text: string): Checked {
  const [asked] = useDebouncedValue(text, TYPED_MS)
  const { data, isPlaceholderData } = useQuery({
    queryKey: ['flow-check', asked],
    queryFn: () => sendYaml<Omit<Checked, 'isOld'>>('POST', '/v1/flows/check', asked),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  })
  return {
    problems: data?.problems ?? [],
    warnings: data?.warnings ?? [],
    migration: data?.migration ?? null,
    isOld: data === undefined || isPlaceholderData || asked !== text,
  }
}

export type Played = { ok: true; simulation: Simulation } | { ok: false; problems: readonly Problem[] }

/**
 * The document against a scripted customer, once typing stops.
 *
 * @param isPlayable whether nothing is wrong with the document; what is wrong is said where it is checked, and not asked again
 */
export function useSimulation(document: string, script: string, isPlayable: boolean): Played | undefined {
  const [asked] = useDebouncedValue(JSON.stringify({ document, script }), STOPPED_MS)
  const { data } = useQuery({
    queryKey: ['flow-simulation', asked],
    enabled: isPlayable && asked === JSON.stringify({ document, script }),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
    queryFn: async (): Promise<Played> => {
      try {
        return { ok: true, simulation: await askJson<Simulation>('POST', '/v1/flows/simulate', JSON.parse(asked)) }
      } catch (error) {
        const { status, message, problems } = toFailure(error)
        if (status !== 422 && status !== 400) throw error
        return { ok: false, problems: problems.length > 0 ? problems : [{ message }] }
      }
    },
  })
  return data
}
