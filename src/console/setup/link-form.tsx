import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDebouncedValue } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import { toFailure } from '../api/failure.ts'
import { useFieldWords } from '../parts/failure-words.ts'
import { Failed, Notice } from '../parts/notice.tsx'
import { Checks } from '../senders/checks.tsx'

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
  const wordsOf = useFieldWords()
  const queries = useQueryClient()
  const form = useForm({ initialValues: NOTHING })
  const link = useMutation({
    mutationFn: (values: typeof NOTHING) => {
      const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ''))
      return dataOf(api.POST('/v1/senders', { body: given as typeof NOTHING }))
    },
    onSuccess: () => form.reset(),
    onError: (error) => {
      const failure = toFailure(error)
      const { field } = failure
      if (field !== null && field in NOTHING) form.setFieldError(field, wordsOf(failure))
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
      <OnPaste values={form.values} />
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

const TYPED_MS = 600

/** Looks at the number as soon as all three are there, before anything is linked. */
function OnPaste({ values }: { values: typeof NOTHING }) {
  const t = useTranslations('setup')
  const given = {
    phone_number_id: values.phone_number_id.trim(),
    waba_id: values.waba_id.trim(),
    access_token: values.access_token.trim(),
  }
  const [asked] = useDebouncedValue(JSON.stringify(given), TYPED_MS)
  const isWhole = Object.values(given).every((value) => value !== '')
  const { data, error, isFetching } = useQuery({
    // The token is part of it, and in the memory of this page alone.
    queryKey: ['link-checks', asked],
    enabled: isWhole,
    staleTime: 60_000,
    gcTime: 60_000,
    queryFn: () => dataOf(api.POST('/v1/senders/check', { body: JSON.parse(asked) as typeof given })),
  })
  if (!isWhole) return null
  return (
    <div role="status">
      {isFetching && <p className="hint">{t('checking')}</p>}
      {error && <Failed error={error} />}
      {data && <Checks checks={data.checks} />}
    </div>
  )
}
