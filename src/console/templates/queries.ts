import { queryOptions } from '@tanstack/react-query'
import { api, dataOf } from '../api/client.ts'
import type { Template } from './template.ts'

/** All of an account: they are few, and are looked through on the page. */
export function templatesQuery(wabaId: string | undefined, status?: 'APPROVED', hidden?: true) {
  return queryOptions({
    queryKey: ['templates', wabaId ?? null, status ?? null, hidden ?? false],
    queryFn: async () => {
      const all: Template[] = []
      let cursor: string | undefined
      do {
        const query = {
          limit: 1000,
          ...(wabaId && { waba_id: wabaId }),
          ...(status && { status }),
          ...(hidden && { hidden: 'true' as const }),
          ...(cursor && { cursor }),
        }
        const page = await dataOf(api.GET('/v1/templates', { params: { query } }))
        all.push(...(page.data as unknown as Template[]))
        cursor = page.next_cursor ?? undefined
      } while (cursor !== undefined)
      return all
    },
    staleTime: 30_000,
  })
}
