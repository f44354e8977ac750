import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import type { Sender } from '../api/queries.ts'
import { Budget } from '../costs/budget.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { tellFailure } from '../parts/toast.tsx'
import { senderName } from './name.ts'

type Money = NonNullable<Parameters<typeof Budget>[0]['budget']>

/** What one number may spend in a month, beside the budget of the workspace. */
export function SenderBudget({ sender }: { sender: Sender }) {
  const t = useTranslations('costs')
  const [isOpen, setOpen] = useState(false)
  const queries = useQueryClient()
  const params = { path: { id: sender.phone_number_id } }
  const save = useMutation({
    mutationFn: (budget: Money | null) => dataOf(api.PATCH('/v1/senders/{id}', { params, body: { budget } })),
    onError: tellFailure,
    onSuccess: () => setOpen(false),
    onSettled: () => queries.invalidateQueries({ queryKey: ['senders'] }),
  })
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setOpen(true)}>
        {t('budget')}
      </Button>
      {isOpen && (
        <Dialog onClose={() => setOpen(false)} title={t('budgetOf', { name: senderName(sender) })}>
          <Budget
            budget={sender.budget as Money | null}
            currency={sender.currency}
            isSaving={save.isPending}
            onSave={(budget) => save.mutate(budget)}
          />
        </Dialog>
      )}
    </>
  )
}
