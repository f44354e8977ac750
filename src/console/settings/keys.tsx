import { Button, Select, Table, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import type { components } from '../api/schema.d.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Copy } from '../parts/copy.tsx'
import { Listing } from '../parts/listing.tsx'
import { Failed, Notice } from '../parts/notice.tsx'
import { tellFailure } from '../parts/toast.tsx'
import { When } from '../time/when.tsx'

type ApiKey = components['schemas']['ApiKey']

const SCOPES = ['read', 'send', 'templates', 'campaigns', 'admin'] as const
const KEY = ['api-keys'] as const

/** Of programs. A key is shown once. */
export function Keys() {
  const keys = useQuery({
    queryKey: KEY,
    queryFn: async () => (await dataOf(api.GET('/v1/api-keys'))).data as ApiKey[],
  })
  return (
    <>
      <NewKey />
      {keys.error && <Failed error={keys.error} onRetry={() => void keys.refetch()} />}
      {keys.data && <Rows keys={keys.data} />}
    </>
  )
}

function NewKey() {
  const t = useTranslations('settings')
  const queries = useQueryClient()
  const form = useForm({ initialValues: { name: '', scope: 'send' as (typeof SCOPES)[number] } })
  const make = useMutation({
    mutationFn: ({ name, scope }: typeof form.values) =>
      dataOf(api.POST('/v1/api-keys', { body: { name, scopes: [scope] } })),
    onSuccess: () => form.reset(),
    onError: tellFailure,
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  })
  const made = make.data as { key: string } | undefined
  return (
    <form className="step" onSubmit={form.onSubmit((values) => make.mutate(values))}>
      <div className="bar">
        <TextInput label={t('name')} required {...form.getInputProps('name')} />
        <Select
          label={t('scope')}
          data={SCOPES.map((value) => ({ value, label: t(`scopes.${value}`) }))}
          allowDeselect={false}
          {...form.getInputProps('scope')}
        />
        <Button type="submit" loading={make.isPending}>
          {t('newKey')}
        </Button>
      </div>
      {made && (
        <Notice tone="good" title={t('keyOnce')}>
          <code>{made.key}</code> <Copy text={made.key} />
        </Notice>
      )}
    </form>
  )
}

function Rows({ keys }: { keys: ApiKey[] }) {
  const t = useTranslations('settings')
  const queries = useQueryClient()
  const [asked, setAsked] = useState<ApiKey | null>(null)
  const revoke = useMutation({
    mutationFn: (id: string) => dataOf(api.DELETE('/v1/api-keys/{id}', { params: { path: { id } } })),
    onError: tellFailure,
    onSettled() {
      setAsked(null)
      return queries.invalidateQueries({ queryKey: KEY })
    },
  })
  return (
    <>
      <Listing label={t('keys')} width={560} heads={[t('name'), t('prefix'), t('scope'), t('lastUsed'), [t('revoke')]]}>
        {keys.map((key) => {
          const { id, name, prefix, scopes, last_used_at } = key
          return (
            <Table.Tr key={id}>
              <Table.Td>{name}</Table.Td>
              <Table.Td>
                <code>{prefix}…</code>
              </Table.Td>
              <Table.Td>
                {scopes
                  .map((one) => (t.has(`scopes.${one as 'read'}`) ? t(`scopes.${one as 'read'}`) : one))
                  .join(', ')}
              </Table.Td>
              <Table.Td>{last_used_at ? <When at={last_used_at} /> : t('never')}</Table.Td>
              <Table.Td>
                <Button size="compact-xs" variant="default" onClick={() => setAsked(key)}>
                  {t('revokeKey')}
                </Button>
              </Table.Td>
            </Table.Tr>
          )
        })}
      </Listing>
      {asked && (
        <Confirm
          title={t('revokeAsked', { name: asked.name })}
          go={t('revoke')}
          isBusy={revoke.isPending}
          onGo={() => revoke.mutate(asked.id)}
          onClose={() => setAsked(null)}
        >
          {t('revokeAbout')}
        </Confirm>
      )}
    </>
  )
}
