import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import { useSenders } from '../api/queries.ts'
import { useMaySend } from '../api/session.ts'
import { tellFailure } from '../parts/toast.tsx'
import { Ago } from '../time/ago.tsx'
import type { Template } from './template.ts'

/** How old the lists are, and reading those of all accounts from Meta again. */
export function Sync({ templates }: { templates: readonly Template[] }) {
  const t = useTranslations('sync')
  const queries = useQueryClient()
  const maySend = useMaySend()
  const { data: senders = [] } = useSenders()
  const accounts = [...new Set(senders.map(({ waba_id }) => waba_id))]
  const sync = useMutation({
    mutationFn: () =>
      Promise.all(accounts.map((waba_id) => dataOf(api.POST('/v1/templates/sync', { body: { waba_id } })))),
    onError: tellFailure,
    onSettled: () => queries.invalidateQueries({ queryKey: ['templates'] }),
  })
  const last = templates
    .map(({ synced_at }) => synced_at ?? '')
    .toSorted()
    .at(-1)
  return (
    <>
      {last && (
        <span className="hint">
          {t('synced')} <Ago at={last} />
        </span>
      )}
      {maySend && accounts.length > 0 && (
        <Button size="xs" variant="default" loading={sync.isPending} onClick={() => sync.mutate()}>
          {t('syncNow')}
        </Button>
      )}
    </>
  )
}
