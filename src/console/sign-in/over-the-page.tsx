import { Button, Modal, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import { confirmingStore } from '../api/confirming.ts'
import { useWho } from '../api/session.ts'
import { useStore } from '../api/store.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Notice } from '../parts/notice.tsx'
import { SignInForm } from './sign-in.tsx'

/** A session that ended: what stands behind the dialog, and what was typed there, is left as it is. */
export function SignInAgain() {
  const t = useTranslations('signIn')
  const queries = useQueryClient()
  return (
    <Modal opened onClose={() => {}} withCloseButton={false} closeOnEscape={false} title={t('ended')} centered>
      <p className="hint">{t('endedHint')}</p>
      <SignInForm onDone={() => void queries.invalidateQueries()} />
    </Modal>
  )
}

/** Asks for the password, or a code, once more before something that cannot be taken back. */
export function ConfirmIdentity() {
  const answer = useStore(confirmingStore)
  const t = useTranslations('confirmIdentity')
  const { session } = useWho()
  const [given, setGiven] = useState('')
  const [isWrong, setWrong] = useState(false)
  if (answer === null) return null
  const byCode = !session.has_password

  async function submit() {
    try {
      await dataOf(api.POST('/v1/session/confirm', { body: byCode ? { totp: given } : { password: given } }))
      end(true)
    } catch {
      setWrong(true)
    }
  }
  function end(isConfirmed: boolean) {
    setGiven('')
    setWrong(false)
    answer?.(isConfirmed)
  }

  return (
    <Dialog onClose={() => end(false)} title={t('title')} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <Stack gap="sm">
          {byCode ? (
            <TextInput label={t('code')} value={given} onChange={(event) => setGiven(event.target.value)} required />
          ) : (
            <PasswordInput
              label={t('password')}
              autoComplete="current-password"
              value={given}
              onChange={(event) => setGiven(event.target.value)}
              required
            />
          )}
          {isWrong && <Notice tone="bad">{t('wrong')}</Notice>}
          <Button type="submit">{t('go')}</Button>
        </Stack>
      </form>
    </Dialog>
  )
}
