import { Button, Drawer, Select, Table, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import { usePolling, useSenders } from '../api/queries.ts'
import { useMaySend } from '../api/session.ts'
import { Chip } from '../parts/chip.tsx'
import { Empty, Failed } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { tellFailure } from '../parts/toast.tsx'
import { Wide } from '../parts/wide.tsx'
import { Ago } from '../time/ago.tsx'
import { TemplateInFull } from './in-full.tsx'
import { templatesQuery } from './queries.ts'
import { StatusChip } from './status-chip.tsx'
import type { Template } from './template.ts'

/** What the accounts may send at any time: name and language, and how each of them is with Meta. */
export function Templates() {
  const t = useTranslations('templates')
  const list = useQuery({ ...templatesQuery(undefined), refetchInterval: usePolling(10_000) })
  const [name, setName] = useState('')
  const [status, setStatus] = useState<string | null>(null)
  const [language, setLanguage] = useState<string | null>(null)
  const [open, setOpen] = useState<Template | null>(null)
  const all = list.data ?? []
  const rows = all.filter(
    (template) =>
      template.name.includes(name.trim().toLowerCase()) &&
      (status === null || template.status === status) &&
      (language === null || template.language === language),
  )
  const valuesOf = (member: 'status' | 'language') => [...new Set(all.map((template) => template[member]))].toSorted()

  return (
    <Page
      title={t('title')}
      actions={
        <Sync
          last={all
            .map(({ synced_at }) => synced_at ?? '')
            .toSorted()
            .at(-1)}
        />
      }
    >
      <div className="bar">
        <TextInput
          type="search"
          aria-label={t('search')}
          placeholder={t('search')}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Select
          aria-label={t('status')}
          placeholder={t('anyStatus')}
          clearable
          data={valuesOf('status')}
          value={status}
          onChange={setStatus}
        />
        <Select
          aria-label={t('language')}
          placeholder={t('anyLanguage')}
          clearable
          data={valuesOf('language')}
          value={language}
          onChange={setLanguage}
        />
      </div>
      {list.error && !list.data && <Failed error={list.error} onRetry={() => void list.refetch()} />}
      {list.data && all.length === 0 && <Empty title={t('none')}>{t('noneHint')}</Empty>}
      {all.length > 0 && rows.length === 0 && <Empty title={t('noneFound')} />}
      {rows.length > 0 && <Rows rows={rows} onOpen={setOpen} />}
      <Drawer
        opened={open !== null}
        onClose={() => setOpen(null)}
        position="right"
        size="md"
        title={open && `${open.name} · ${open.language}`}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        {open && <TemplateInFull template={open} />}
      </Drawer>
    </Page>
  )
}

function Rows({ rows, onOpen }: { rows: Template[]; onOpen: (template: Template) => void }) {
  const t = useTranslations('templates')
  return (
    <Wide label={t('title')}>
      <Table miw={560} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('name')}</Table.Th>
            <Table.Th>{t('language')}</Table.Th>
            <Table.Th>{t('status')}</Table.Th>
            <Table.Th>{t('quality')}</Table.Th>
            <Table.Th>{t('category')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((template) => (
            <Table.Tr key={template.id}>
              <Table.Td>
                <button type="button" className="table-button" onClick={() => onOpen(template)}>
                  {template.name}
                </button>
              </Table.Td>
              <Table.Td>{template.language}</Table.Td>
              <Table.Td>
                <StatusChip status={template.status} />
              </Table.Td>
              <Table.Td>{template.quality ?? '–'}</Table.Td>
              <Table.Td>
                {template.category.toLowerCase()}{' '}
                {template.category_change && (
                  <Chip tone="warn" icon="⚠">
                    {t('becomes', { to: template.category_change.to.toLowerCase() })}
                  </Chip>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Wide>
  )
}

/** Reads the lists of all accounts from Meta. */
function Sync({ last }: { last: string | undefined }) {
  const t = useTranslations('templates')
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
