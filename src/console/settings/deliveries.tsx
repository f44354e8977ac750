import { Button, Drawer, Table } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import type { components } from '../api/schema.d.ts'
import { Chip } from '../parts/chip.tsx'
import { useFocusBack } from '../parts/focus-back.ts'
import { Paged } from '../parts/paged.tsx'
import { tellFailure } from '../parts/toast.tsx'
import { When } from '../time/when.tsx'

type Delivery = components['schemas']['WebhookDelivery']

const PAGE = 50
const TONES = { pending: 'info', delivered: 'good', failed: 'bad' } as const

/** What an endpoint was told, newest first, and what it answered. */
export function Deliveries({ endpoint, url, onClose }: { endpoint: string; url: string; onClose: () => void }) {
  const t = useTranslations('settings')
  useFocusBack()
  const list = useInfiniteQuery({
    queryKey: ['deliveries', endpoint],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => {
      const query = { limit: PAGE, ...(pageParam && { cursor: pageParam }) }
      return dataOf(api.GET('/v1/webhook-endpoints/{id}/deliveries', { params: { path: { id: endpoint }, query } }))
    },
    getNextPageParam: (last) => last.next_cursor,
  })
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      title={url}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Paged
        list={list}
        label={t('deliveries')}
        width={520}
        heads={[t('at'), t('action'), t('state'), t('answered'), [t('again')]]}
        empty={<p className="hint">{t('noDeliveries')}</p>}
      >
        {(delivery) => <Row key={delivery.id} endpoint={endpoint} delivery={delivery} />}
      </Paged>
    </Drawer>
  )
}

function Row({
  endpoint,
  delivery: { id, type, state, created_at, next_at, attempts },
}: {
  endpoint: string
  delivery: Delivery
}) {
  const t = useTranslations('settings')
  const queries = useQueryClient()
  const params = { path: { id: endpoint, delivery: id } }
  const again = useMutation({
    mutationFn: () => dataOf(api.POST('/v1/webhook-endpoints/{id}/deliveries/{delivery}/replay', { params })),
    onError: tellFailure,
    onSettled: () => queries.invalidateQueries({ queryKey: ['deliveries', endpoint] }),
  })
  const last = attempts.at(-1)
  return (
    <Table.Tr>
      <Table.Td>
        <When at={created_at} />
      </Table.Td>
      <Table.Td>
        <code>{type}</code>
      </Table.Td>
      <Table.Td>
        <Chip tone={TONES[state]}>{t(`deliveryStates.${state}`)}</Chip>
        {next_at && (
          <div className="hint">
            {t('nextTry')} <When at={next_at} />
          </div>
        )}
      </Table.Td>
      <Table.Td>{last ? (last.status ?? last.error) : '–'}</Table.Td>
      <Table.Td>
        {state !== 'pending' && (
          <Button size="compact-xs" variant="default" loading={again.isPending} onClick={() => again.mutate()}>
            {t('again')}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  )
}
