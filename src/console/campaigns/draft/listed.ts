import { useQuery } from '@tanstack/react-query'
import { readStart } from '../../api/client.ts'
import type { Campaign } from '../queries.ts'
import { type BadLine, badLinesIn, type ListedLine, linesIn } from './lines.ts'

const SHOWN_LINES = 20
const LINES_CHARACTERS = 20_000
export const SHOWN_ERRORS = 200
const ERRORS_CHARACTERS = 60_000

/** The first of the list, to see what a message will look like for them. */
export function useLines({ id, audience_version, counts }: Campaign): ListedLine[] {
  const { data = [] } = useQuery({
    queryKey: ['campaign', id, 'lines', audience_version],
    enabled: counts.total > 0,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      const { text } = await readStart(`/v1/campaigns/${id}/recipients.ndjson`, LINES_CHARACTERS)
      return linesIn(text).slice(0, SHOWN_LINES)
    },
  })
  return data
}

/** What was wrong with lines of the lists; of very many the first. */
export function useBadLines({ id, audience_version }: Campaign): { lines: BadLine[]; isAll: boolean } | undefined {
  const { data } = useQuery({
    queryKey: ['campaign', id, 'errors', audience_version],
    enabled: audience_version > 0,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      const { text, isAll } = await readStart(`/v1/campaigns/${id}/audience/errors.csv`, ERRORS_CHARACTERS)
      const lines = badLinesIn(text, isAll)
      return { lines: lines.slice(0, SHOWN_ERRORS), isAll: isAll && lines.length <= SHOWN_ERRORS }
    },
  })
  return data
}
