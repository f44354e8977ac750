import { Button, Checkbox, Table } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import { useMaySend } from '../api/session.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Listing } from '../parts/listing.tsx'
import { tellFailure } from '../parts/toast.tsx'
import { useReasonWords } from '../whatsapp/reasons.ts'
import { type Campaign, type Failure, failuresQuery } from './queries.ts'

/** Another try is nothing that goes by itself, but may be asked for once something was mended, or in full knowledge. */
const BY_CHOICE: readonly string[] = ['template_parameters', 'recipient_unreachable', 'unconfirmed']

interface Props {
  campaign: Campaign
  onRetried(child: string): void
}

/** Why recipients were not reached, most first, each with what to do; and those that may be tried again. */
export function Failures({ campaign: { id, counts }, onRetried }: Props) {
  const t = useTranslations('campaigns')
  const format = useFormatter()
  const words = useReasonWords()
  const maySend = useMaySend()
  const failed = counts.failed + counts.expired
  const { data: groups = [] } = useQuery({ ...failuresQuery(id, failed), enabled: failed > 0 })
  const [changed, setChanged] = useState<Record<string, boolean>>({})
  const [isAsked, setAsked] = useState(false)
  const isChosen = ({ reason, retryable }: Failure) => changed[reason] ?? retryable
  const chosen = groups.filter(isChosen)
  const reasons = [...new Set(chosen.map(({ reason }) => reason))]
  const count = chosen.reduce((sum, group) => sum + group.count, 0)
  const retry = useRetry(id, reasons, onRetried)
  if (failed === 0) return null
  const mayTry = ({ reason, retryable }: Failure) => maySend && (retryable || BY_CHOICE.includes(reason))
  return (
    <section className="told" aria-label={t('notReached')}>
      <div className="card-head">
        <h2>{t('notReached')}</h2>
        {maySend && count === 0 && groups.some(mayTry) && <span className="hint">{t('mark')}</span>}
        {maySend && count > 0 && (
          <Button size="xs" variant="default" onClick={() => setAsked(true)}>
            {t('retry', { count })}
          </Button>
        )}
      </div>
      <Listing label={t('notReached')} width={560} heads={[[t('choose')], t('why'), t('people'), t('whatToDo')]}>
        {groups.map((group) => (
          <Table.Tr key={`${group.reason} ${group.graph_code}`}>
            <Table.Td>
              {mayTry(group) && (
                <Checkbox
                  size="xs"
                  aria-label={t('chooseOne', { reason: words({ code: group.reason, text: group.reason }) })}
                  checked={isChosen(group)}
                  onChange={(event) => setChanged({ ...changed, [group.reason]: event.target.checked })}
                />
              )}
            </Table.Td>
            <Table.Td>
              {words({ code: group.reason, text: group.reason })}
              {group.graph_code !== null && <small> ({group.graph_code})</small>}
            </Table.Td>
            <Table.Td>{format.number(group.count)}</Table.Td>
            <Table.Td>
              <Hint group={group} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Listing>
      {isAsked && (
        <Confirm
          title={t('confirm.retry', { count })}
          go={t('go.retry')}
          isBusy={retry.isPending}
          onGo={() => retry.mutate()}
          onClose={() => setAsked(false)}
        >
          {t('confirmAbout.retry')} {reasons.includes('unconfirmed') && <strong>{t('twice')}</strong>}
        </Confirm>
      )}
    </section>
  )
}

function Hint({ group: { reason, hint } }: { group: Failure }) {
  const t = useTranslations('campaigns.hints')
  return <>{t.has(reason as 'expired') ? t(reason as 'expired') : hint}</>
}

function useRetry(id: string, reasons: string[], onRetried: (child: string) => void) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => {
      const body = { reasons, ...(reasons.includes('unconfirmed') ? { include_unconfirmed: true } : {}) }
      return dataOf(api.POST('/v1/campaigns/{id}/retry', { params: { path: { id } }, body }))
    },
    onSuccess: (child) => onRetried(child.id),
    onError: tellFailure,
    onSettled: () => queries.invalidateQueries({ queryKey: ['campaigns'] }),
  })
}
