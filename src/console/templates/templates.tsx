import { Button, Drawer } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useTranslations } from 'use-intl'
import { usePolling } from '../api/queries.ts'
import { useMaySend } from '../api/session.ts'
import { Empty, Failed } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { CutBar } from './cut-bar.tsx'
import { TemplateInFull } from './in-full.tsx'
import { templatesQuery } from './queries.ts'
import { Rows } from './rows.tsx'
import type { TemplateSearch } from './search.ts'
import { Sync } from './sync.tsx'

const TemplateEditor = lazy(() =>
  import('./editor/editor.tsx').then(({ TemplateEditor }) => ({ default: TemplateEditor })),
)

/** What the accounts may send at any time: name and language, and how each of them is with Meta. */
export function Templates() {
  const t = useTranslations('templates')
  const search = useSearch({ from: '/templates' })
  const navigate = useNavigate()
  const maySend = useMaySend()
  const list = useQuery({ ...templatesQuery(undefined, undefined, search.hidden), refetchInterval: usePolling(10_000) })
  const all = list.data ?? []
  const rows = all.filter(
    ({ name, status, language, category }) =>
      name.includes((search.name ?? '').trim().toLowerCase()) &&
      [undefined, status].includes(search.status) &&
      [undefined, language].includes(search.language) &&
      [undefined, category].includes(search.category),
  )
  const set = (change: Partial<TemplateSearch>, replace = false) =>
    void navigate({ to: '/templates', search: (former) => ({ ...former, ...change }), replace })
  const open = all.find(({ id }) => id === search.id)
  const edited = all.find(({ id }) => id === search.edit) ?? null

  if (search.edit !== undefined && maySend && (search.edit === 'new' || edited !== null)) {
    return (
      <Page
        title={edited === null ? t('newTitle') : `${edited.name} · ${edited.language}`}
        actions={
          <Button variant="default" size="xs" onClick={() => set({ edit: undefined })}>
            {t('backToList')}
          </Button>
        }
      >
        <Suspense>
          <TemplateEditor key={search.edit} of={edited} onClose={() => set({ edit: undefined })} />
        </Suspense>
      </Page>
    )
  }
  return (
    <Page
      title={t('title')}
      actions={
        <>
          <Sync templates={all} />
          {maySend && (
            <Button size="xs" onClick={() => set({ edit: 'new' })}>
              {t('create')}
            </Button>
          )}
        </>
      }
    >
      <CutBar all={all} search={search} onCut={set} />
      {list.error && !list.data && <Failed error={list.error} onRetry={() => void list.refetch()} />}
      {list.data && all.length === 0 && <Empty title={t('none')}>{t('noneHint')}</Empty>}
      {all.length > 0 && rows.length === 0 && (
        <Empty title={t('noneFound')}>
          <Button size="xs" variant="default" onClick={() => void navigate({ to: '/templates', search: {} })}>
            {t('clear')}
          </Button>
        </Empty>
      )}
      {rows.length > 0 && <Rows rows={rows} onOpen={(id) => set({ id })} />}
      <Drawer
        opened={open !== undefined}
        onClose={() => set({ id: undefined })}
        position="right"
        size="md"
        title={open && `${open.name} · ${open.language}`}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        {open && <TemplateInFull template={open} onEdit={() => set({ id: undefined, edit: open.id })} />}
      </Drawer>
    </Page>
  )
}
