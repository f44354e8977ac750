import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, dataOf } from '../../api/client.ts'
import type { components } from '../../api/schema.d.ts'
import { Failed } from '../../parts/notice.tsx'
import { CameIn, type Imported } from './came-in.tsx'

export type AudienceSource = components['schemas']['AudienceSource']

/** Adds who is known here. A short list is there with the answer; a long one is copied on, and stands among the lists as it comes. */
export function useCopy(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (source: AudienceSource) =>
      dataOf(api.POST('/v1/campaigns/{id}/audience', { params: { path: { id } }, body: source })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['campaign', id] }),
  })
}

export function Copied({ name, copy: { data, error } }: { name: string; copy: ReturnType<typeof useCopy> }) {
  if (error) return <Failed error={error} />
  return data !== undefined && 'accepted' in data ? <CameIn name={name} imported={data as Imported} /> : null
}
