import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import { useMaySend } from '../api/session.ts'
import { tellFailure } from '../parts/toast.tsx'

/** Another attempt at what did not go, and what became of those before. */
export function Again({ intent, mayReplay = true }: { intent: string; mayReplay?: boolean }) {
  const t = useTranslations('bubble')
  const maySend = useMaySend()
  const queries = useQueryClient()
  const again = useMutation({
    mutationFn: () => dataOf(api.POST('/v1/intents/{id}/replay', { params: { path: { id: intent } } })),
    onError: tellFailure,
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['conversation'] })
      void queries.invalidateQueries({ queryKey: ['intents'] })
    },
  })
  return (
    <div className="bubble-actions">
      {maySend && mayReplay && (
        <Button size="compact-xs" variant="default" loading={again.isPending} onClick={() => again.mutate()}>
          {t('again')}
        </Button>
      )}
      <Link to="/intents" search={{ id: intent }} className="hint">
        {t('story')}
      </Link>
    </div>
  )
}
