import { Button, Select, Table, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import { toFailure } from '../api/failure.ts'
import type { components } from '../api/schema.d.ts'
import { type Role, useWho } from '../api/session.ts'
import { Chip } from '../parts/chip.tsx'
import { Copy } from '../parts/copy.tsx'
import { Listing } from '../parts/listing.tsx'
import { Failed, Notice } from '../parts/notice.tsx'
import { tellFailure } from '../parts/toast.tsx'
import { When } from '../time/when.tsx'

type User = components['schemas']['User']

const ROLES: Role[] = ['viewer', 'operator', 'admin']
const KEY = ['users'] as const

/** Who may come in, and as what. */
export function People() {
  const users = useQuery({
    queryKey: KEY,
    queryFn: async () => (await dataOf(api.GET('/v1/users'))).data as User[],
  })
  return (
    <>
      <Invite />
      {users.error && <Failed error={users.error} onRetry={() => void users.refetch()} />}
      {users.data && <Rows users={users.data} />}
    </>
  )
}

function useRoles() {
  const t = useTranslations('shell.roles')
  return ROLES.map((role) => ({ value: role, label: t(role) }))
}

function Invite() {
  const t = useTranslations('settings')
  const roles = useRoles()
  const queries = useQueryClient()
  const form = useForm({ initialValues: { email: '', name: '', role: 'operator' as Role } })
  const invite = useMutation({
    mutationFn: (body: typeof form.values) => dataOf(api.POST('/v1/users', { body })),
    onSuccess: () => form.reset(),
    onError: (error) => {
      const { field, message } = toFailure(error)
      if (field !== null && field in form.values) form.setFieldError(field, message)
      else tellFailure(error)
    },
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  })
  const made = invite.data as { email: string; link: string | null } | undefined
  return (
    <form className="step" onSubmit={form.onSubmit((values) => invite.mutate(values))}>
      <div className="bar">
        <TextInput label={t('email')} type="email" required {...form.getInputProps('email')} />
        <TextInput label={t('name')} required {...form.getInputProps('name')} />
        <Select label={t('role')} data={roles} allowDeselect={false} {...form.getInputProps('role')} />
        <Button type="submit" loading={invite.isPending}>
          {t('invite')}
        </Button>
      </div>
      {made && (
        <Notice
          tone="good"
          title={made.link ? t('linkOnce', { email: made.email }) : t('known', { email: made.email })}
        >
          {made.link && (
            <>
              <code>{made.link}</code> <Copy text={made.link} />
            </>
          )}
        </Notice>
      )}
    </form>
  )
}

function Rows({ users }: { users: User[] }) {
  const t = useTranslations('settings')
  const roles = useRoles()
  const queries = useQueryClient()
  const { session } = useWho()
  const change = useMutation({
    mutationFn: ({ id, body }: { id: string; body: { role?: Role; disabled?: boolean } }) =>
      dataOf(api.PATCH('/v1/users/{id}', { params: { path: { id } }, body })),
    onError: tellFailure,
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  })
  return (
    <Listing label={t('people')} width={640} heads={[t('name'), t('email'), t('role'), t('lastSeen'), [t('state')]]}>
      {users.map(({ id, name, email, memberships, disabled, last_seen_at }) => {
        const role = memberships.find(({ workspace }) => workspace === session.workspace)?.role ?? null
        return (
          <Table.Tr key={id}>
            <Table.Td>
              {name} {disabled && <Chip tone="warn">{t('disabled')}</Chip>}
            </Table.Td>
            <Table.Td>{email}</Table.Td>
            <Table.Td>
              <Select
                size="xs"
                aria-label={`${t('role')}: ${email}`}
                data={roles}
                allowDeselect={false}
                value={role}
                disabled={id === session.user.id}
                onChange={(chosen) => change.mutate({ id, body: { role: chosen as Role } })}
              />
            </Table.Td>
            <Table.Td>
              <When at={last_seen_at} />
            </Table.Td>
            <Table.Td>
              {id !== session.user.id && (
                <Button
                  size="compact-xs"
                  variant="default"
                  onClick={() => change.mutate({ id, body: { disabled: !disabled } })}
                >
                  {disabled ? t('enable') : t('disable')}
                </Button>
              )}
            </Table.Td>
          </Table.Tr>
        )
      })}
    </Listing>
  )
}
