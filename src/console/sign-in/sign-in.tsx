import { Button, PasswordInput, Stack, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { type ApiFailure, toFailure } from '../api/failure.ts'
import { signIn } from '../api/signing-in.ts'
import { useFieldWords } from '../parts/failure-words.ts'
import { Notice } from '../parts/notice.tsx'

/** E-mail and password, and a code where one is asked for. `failed` is what became of a link. */
export function SignInForm({ failed = null, onDone }: { failed?: ApiFailure | null; onDone?: () => void }) {
  const t = useTranslations('signIn')
  const [failure, setFailure] = useState(failed)
  const [asksCode, setAsksCode] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const form = useForm({ initialValues: { email: '', password: '', totp: '' } })

  async function submit({ email, password, totp }: { email: string; password: string; totp: string }) {
    setBusy(true)
    setFailure(null)
    try {
      await signIn({ email, password, ...(asksCode ? { totp } : {}) })
      onDone?.()
    } catch (error) {
      const { code } = toFailure(error)
      if (code === 'totp_required' && !asksCode) setAsksCode(true)
      else setFailure(toFailure(error))
      form.setFieldValue('totp', '')
    } finally {
      setBusy(false)
    }
  }

  return (
    <form onSubmit={form.onSubmit((values) => void submit(values))}>
      <Stack gap="sm">
        <TextInput label={t('email')} type="email" autoComplete="username" required {...form.getInputProps('email')} />
        <PasswordInput
          label={t('password')}
          autoComplete="current-password"
          required
          {...form.getInputProps('password')}
        />
        {asksCode && (
          <TextInput
            label={t('code')}
            description={t('codeHint')}
            inputMode="numeric"
            autoComplete="one-time-code"
            pattern="[0-9]{6}"
            required
            autoFocus
            {...form.getInputProps('totp')}
          />
        )}
        <SignInFailure failure={failure} />
        <Button type="submit" loading={isBusy}>
          {t('submit')}
        </Button>
      </Stack>
    </form>
  )
}

function SignInFailure({ failure }: { failure: ApiFailure | null }) {
  const t = useTranslations('signIn')
  const wordsOf = useFieldWords()
  if (failure === null) return null
  const known = KNOWN[failure.code]
  const text = known ? t(known, { seconds: failure.retryAfterS ?? 60 }) : wordsOf(failure)
  return (
    <div role="alert">
      <Notice tone="bad">{text}</Notice>
    </div>
  )
}

const KNOWN: Record<string, 'wrong' | 'usedLink' | 'wait' | 'unreachable'> = {
  unauthorized: 'wrong',
  totp_required: 'wrong',
  used_link: 'usedLink',
  rate_limited: 'wait',
  unreachable: 'unreachable',
}

/** The whole page of somebody who is not signed in. */
export function SignInPage({ failed }: { failed: ApiFailure | null }) {
  const t = useTranslations('signIn')
  return (
    <main className="sign-in">
      <Title order={1} size="h2">
        Casement
      </Title>
      <p>{t('about')}</p>
      <SignInForm failed={failed} />
      <p className="hint">{t.rich('noPassword', { code: (words) => <code>{words}</code> })}</p>
    </main>
  )
}
