import { Button, Table } from '@mantine/core'
import { PauseIcon } from '@radix-ui/react-icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import type { components } from '../api/schema.d.ts'
import { Chip } from '../parts/chip.tsx'
import { Listing } from '../parts/listing.tsx'
import { Empty, Failed } from '../parts/notice.tsx'
import { tellDone, tellFailure } from '../parts/toast.tsx'

type Endpoint = components['schemas']['WebhookEndpoint']

const KEY = ['endpoints'] as const

/** Programs that Casement tells what happens. */
export function Endpoints() {
  const t = useTranslations('settings')
  const endpoints = useQuery({
    queryKey: KEY,
    queryFn: async () => (await dataOf(api.GET('/v1/webhook-endpoints'))).data as Endpoint[],
  })
  if (endpoints.error) return <Failed error={endpoints.error} onRetry={() => void endpoints.refetch()} />
  if (!endpoints.data) return null
  if (endpoints.data.length === 0) return <Empty title={t('noEndpoints')} />
  return (
    <Listing label={t('endpoints')} width={640} heads={[t('url'), t('kind'), t('state'), [t('test')]]}>
      {endpoints.data.map((endpoint) => (
        <Row key={endpoint.id} endpoint={endpoint} />
      ))}
    </Listing>
  )
}

function Row({ endpoint: { id, url, kind, state, reason } }: { endpoint: Endpoint }) {
  const t = useTranslations('settings')
  const states = useTranslations('endpointStates')
  const queries = useQueryClient()
  const params = { path: { id } }
  const command = useMutation({
    mutationFn: () => {
      const path = state === 'active' ? '/v1/webhook-endpoints/{id}/pause' : '/v1/webhook-endpoints/{id}/resume'
      return dataOf(api.POST(path, { params }))
    },
    onError: tellFailure,
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
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
      <Table.Td>{kind}</Table.Td>
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
        </div>
      </Table.Td>
    </Table.Tr>
  )
}
