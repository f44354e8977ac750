import { Button, Table } from '@mantine/core'
import { PauseIcon } from '@radix-ui/react-icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import type { components } from '../api/schema.d.ts'
import { Chip } from '../parts/chip.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Listing } from '../parts/listing.tsx'
import { Empty, Failed } from '../parts/notice.tsx'
import { tellDone, tellFailure } from '../parts/toast.tsx'
import { Deliveries } from './deliveries.tsx'
import { ENDPOINTS, NewEndpoint } from './new-endpoint.tsx'

type Endpoint = components['schemas']['WebhookEndpoint']

/** Programs that Casement tells what happens. */
export function Endpoints() {
  const t = useTranslations('settings')
  const endpoints = useQuery({
    queryKey: ENDPOINTS,
    queryFn: async () => (await dataOf(api.GET('/v1/webhook-endpoints'))).data as Endpoint[],
  })
  return (
    <>
      {endpoints.error && <Failed error={endpoints.error} onRetry={() => void endpoints.refetch()} />}
      {endpoints.data?.length === 0 && <Empty title={t('noEndpoints')} />}
      {endpoints.data && endpoints.data.length > 0 && (
        <Listing label={t('endpoints')} width={640} heads={[t('url'), t('kind'), t('state'), [t('test')]]}>
          {endpoints.data.map((endpoint) => (
            <Row key={endpoint.id} endpoint={endpoint} />
          ))}
        </Listing>
      )}
      <NewEndpoint />
    </>
  )
}

function Row({ endpoint: { id, url, kind, state, reason, events } }: { endpoint: Endpoint }) {
  const t = useTranslations('settings')
  const states = useTranslations('endpointStates')
  const queries = useQueryClient()
  const params = { path: { id } }
  const [isOver, setOver] = useState<'deliveries' | 'removal' | null>(null)
  const remove = useMutation({
    mutationFn: () => dataOf(api.DELETE('/v1/webhook-endpoints/{id}', { params })),
    onError: tellFailure,
    onSettled() {
      setOver(null)
      return queries.invalidateQueries({ queryKey: ENDPOINTS })
    },
  })
  const command = useMutation({
    mutationFn: () => {
      const path = state === 'active' ? '/v1/webhook-endpoints/{id}/pause' : '/v1/webhook-endpoints/{id}/resume'
      return dataOf(api.POST(path, { params }))
    },
    onError: tellFailure,
    onSettled: () => queries.invalidateQueries({ queryKey: ENDPOINTS }),
  })
  const test = useMutation({
    mutationFn: () => dataOf(api.POST('/v1/webhook-endpoints/{id}/test', { params })),
    onError: tellFailure,
    onSuccess: ({ status, ms, error }) =>
      tellDone(status === null ? t('notTested', { error: error ?? '' }) : t('tested', { status: String(status), ms })),
  })
  return (
    <Table.Tr>
      <Table.Td>
        <code>{url}</code>
        {reason && <div className="hint">{reason.text}</div>}
      </Table.Td>
      <Table.Td>
        {t(`endpointKinds.${kind}`)}
        {events && <div className="hint">{events.join(', ')}</div>}
      </Table.Td>
      <Table.Td>
        <Chip tone={state === 'active' ? 'good' : 'warn'} icon={state === 'active' ? '✓' : <PauseIcon />}>
          {states(state)}
        </Chip>
      </Table.Td>
      <Table.Td>
        <div className="card-actions">
          <Button size="compact-xs" variant="default" loading={test.isPending} onClick={() => test.mutate()}>
            {t('test')}
          </Button>
          <Button size="compact-xs" variant="default" loading={command.isPending} onClick={() => command.mutate()}>
            {state === 'active' ? t('pause') : t('resume')}
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => setOver('deliveries')}>
            {t('deliveries')}
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => setOver('removal')}>
            {t('removeEndpoint')}
          </Button>
        </div>
        {isOver === 'deliveries' && <Deliveries endpoint={id} url={url} onClose={() => setOver(null)} />}
        {isOver === 'removal' && (
          <Confirm
            title={t('removeAsked', { url })}
            go={t('removeGo')}
            isBusy={remove.isPending}
            onGo={() => remove.mutate()}
            onClose={() => setOver(null)}
          >
            {t('removeAbout')}
          </Confirm>
        )}
      </Table.Td>
    </Table.Tr>
  )
}
