import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import { useMaySend } from '../api/session.ts'
import { tellFailure } from '../parts/toast.tsx'
import { formOf } from './editor/form.ts'
import type { Template } from './template.ts'

/** Meta edits no template that is being looked at. Source: Meta, templates/template-management (read 2026-11). */
const EDITABLE = ['APPROVED', 'REJECTED', 'PAUSED']

interface Props {
  template: Template
  /** What would use it waits, since Meta changed its category, or refuses it and lists it all the same. */
  isHeld: boolean
  onEdit(): void
}

export function Deeds({ template, isHeld, onEdit }: Props) {
  const t = useTranslations('templates')
  const maySend = useMaySend()
  const queries = useQueryClient()
  const act = useMutation({
    mutationFn: (command: () => Promise<unknown>) => command(),
    onError: tellFailure,
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['templates'] })
      void queries.invalidateQueries({ queryKey: ['template', template.id] })
    },
  })
  if (!maySend) return null
  const path = { params: { path: { id: template.id } } }
  const button = (name: 'hide' | 'unhide' | 'unpause', command: () => Promise<unknown>) => (
    <Button size="xs" variant="default" loading={act.isPending} onClick={() => act.mutate(command)}>
      {t(`deeds.${name}`)}
    </Button>
  )
  return (
    <div className="card-actions">
      {EDITABLE.includes(template.status) && formOf(template) !== null && (
        <Button size="xs" onClick={onEdit}>
          {t('deeds.edit')}
        </Button>
      )}
      {isHeld && button('unpause', () => dataOf(api.POST('/v1/templates/{id}/unpause', path)))}
      {template.hidden
        ? button('unhide', () => dataOf(api.POST('/v1/templates/{id}/unhide', path)))
        : button('hide', () => dataOf(api.POST('/v1/templates/{id}/hide', path)))}
    </div>
  )
}
