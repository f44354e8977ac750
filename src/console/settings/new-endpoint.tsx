import { Button, Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import { toFailure } from '../api/failure.ts'
import { Copy } from '../parts/copy.tsx'
import { Notice } from '../parts/notice.tsx'
import { tellFailure } from '../parts/toast.tsx'

export const ENDPOINTS = ['endpoints'] as const

const NOTHING = { url: '', kind: 'events' as 'events' | 'meta', events: '', verify_token: '' }

/** One more program that is told what happens. Its secret is shown once. */
export function NewEndpoint() {
  const t = useTranslations('settings')
  const queries = useQueryClient()
  const form = useForm({ initialValues: NOTHING })
  const { kind } = form.values
  const make = useMutation({
    mutationFn: ({ url, kind, events, verify_token }: typeof NOTHING) => {
      const names = events.split(/[\s,]+/).filter((name) => name !== '')
      const body = {
        url: url.trim(),
        kind,
        ...(names.length > 0 && { events: names }),
        ...(kind === 'meta' && verify_token.trim() !== '' && { verify_token: verify_token.trim() }),
      }
      return dataOf(api.POST('/v1/webhook-endpoints', { body }))
    },
    onSuccess: () => form.reset(),
    onError(error) {
      const { field, message } = toFailure(error)
      const name = field?.split('.')[0] ?? ''
      if (name in NOTHING) form.setFieldError(name, message)
      else tellFailure(error)
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ENDPOINTS }),
  })
  return (
    <form className="step" onSubmit={form.onSubmit((values) => make.mutate(values))}>
      <h2>{t('newEndpoint')}</h2>
      <p className="hint">{t('endpointAbout')}</p>
      <div className="two">
        <TextInput
          label={t('url')}
          type="url"
          required
          placeholder="https://shop.example/casement"
          {...form.getInputProps('url')}
        />
        <Select
          label={t('kind')}
          allowDeselect={false}
          data={(['events', 'meta'] as const).map((value) => ({ value, label: t(`endpointKinds.${value}`) }))}
          {...form.getInputProps('kind')}
        />
        <TextInput
          label={t('events')}
          description={t('eventsAbout')}
          placeholder={kind === 'meta' ? 'messages' : 'intent.*, message.read'}
          {...form.getInputProps('events')}
        />
        {kind === 'meta' && <TextInput label={t('verifyToken')} {...form.getInputProps('verify_token')} />}
      </div>
      <div>
        <Button type="submit" loading={make.isPending}>
          {t('addEndpoint')}
        </Button>
      </div>
      {make.data && (
        <Notice tone="good" title={t('secretOnce')}>
          <code>{make.data.secret}</code> <Copy text={make.data.secret} />
        </Notice>
      )}
    </form>
  )
}
