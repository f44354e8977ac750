import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import { toFailure } from '../api/failure.ts'
import { Failed, Notice } from '../parts/notice.tsx'

const NOTHING = {
  phone_number_id: '',
  waba_id: '',
  access_token: '',
  display_phone_number: '',
  verified_name: '',
}

/** A number of one's own, by the three things that Meta's app dashboard shows. What the API finds wrong stands at its field. */
export function LinkForm() {
  const t = useTranslations('setup')
  const queries = useQueryClient()
  const form = useForm({ initialValues: NOTHING })
  const link = useMutation({
    mutationFn: (values: typeof NOTHING) => {
      const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ''))
      return dataOf(api.POST('/v1/senders', { body: given as typeof NOTHING }))
    },
    onSuccess: () => form.reset(),
    onError: (error) => {
      const { field, message } = toFailure(error)
      if (field !== null && field in NOTHING) form.setFieldError(field, message)
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['senders'] }),
  })
  const atField = link.error !== null && (toFailure(link.error).field ?? '') in NOTHING
  return (
    <form className="step" onSubmit={form.onSubmit((values) => link.mutate(values))}>
      <h2>{t('number')}</h2>
      <p className="hint">{t('where')}</p>
      <div className="two">
        <TextInput label={t('phoneNumberId')} inputMode="numeric" required {...form.getInputProps('phone_number_id')} />
        <TextInput label={t('wabaId')} inputMode="numeric" required {...form.getInputProps('waba_id')} />
        <TextInput label={t('displayNumber')} inputMode="tel" {...form.getInputProps('display_phone_number')} />
        <TextInput label={t('name')} {...form.getInputProps('verified_name')} />
      </div>
      <PasswordInput
        label={t('token')}
        description={t('tokenHint')}
        autoComplete="off"
        required
        {...form.getInputProps('access_token')}
      />
      {link.error && !atField && <Failed error={link.error} />}
      {link.isSuccess && <Notice tone="good">{t('done')}</Notice>}
      <div>
        <Button type="submit" loading={link.isPending}>
          {t('link')}
        </Button>
      </div>
    </form>
  )
}
