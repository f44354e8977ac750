import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { renderSVG } from 'uqr'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import { useWho } from '../api/session.ts'
import { lookAgain } from '../api/signing-in.ts'
import { Copy } from '../parts/copy.tsx'
import { tellDone, tellFailure } from '../parts/toast.tsx'

/** One's own password and second factor. */
export function You() {
  return (
    <div className="cards">
      <Password />
      <SecondFactor />
    </div>
  )
}

function Password() {
  const t = useTranslations('settings')
  const { session } = useWho()
  const [password, setPassword] = useState('')
  const save = useMutation({
    mutationFn: () => dataOf(api.POST('/v1/me/password', { body: { password } })),
    onError: tellFailure,
    onSuccess: async () => {
      setPassword('')
      tellDone(t('passwordSet'))
      await lookAgain()
    },
  })
  return (
    <form
      className="step"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <h2>{t('password')}</h2>
      <input type="text" autoComplete="username" value={session.user.email} readOnly hidden />
      <PasswordInput
        label={t('password')}
        description={t('passwordHint')}
        autoComplete="new-password"
        minLength={12}
        required
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      <div>
        <Button type="submit" loading={save.isPending}>
          {t('setPassword')}
        </Button>
      </div>
    </form>
  )
}

function SecondFactor() {
  const t = useTranslations('settings')
  const { session } = useWho()
  const begin = useMutation({
    mutationFn: () => dataOf(api.POST('/v1/me/totp')) as Promise<{ secret: string; uri: string }>,
    onError: tellFailure,
  })
  const remove = useMutation({
    mutationFn: () => dataOf(api.DELETE('/v1/me/totp')),
    onError: tellFailure,
    onSuccess: lookAgain,
  })
  return (
    <section className="step">
      <h2>{t('totp')}</h2>
      <p>{session.has_totp ? t('totpOn') : t('totpOff')}</p>
      {begin.data && !session.has_totp && <Scan {...begin.data} />}
      <div>
        {session.has_totp ? (
          <Button variant="default" loading={remove.isPending} onClick={() => remove.mutate()}>
            {t('totpRemove')}
          </Button>
        ) : (
          !begin.data && (
            <Button variant="default" loading={begin.isPending} onClick={() => begin.mutate()}>
              {t('totpBegin')}
            </Button>
          )
        )}
      </div>
    </section>
  )
}

/** The secret as a picture and as text, and the first code as the proof that it arrived. */
function Scan({ secret, uri }: { secret: string; uri: string }) {
  const t = useTranslations('settings')
  const [totp, setTotp] = useState('')
  const confirm = useMutation({
    mutationFn: () => dataOf(api.PUT('/v1/me/totp', { body: { totp } })),
    onError: tellFailure,
    onSuccess: lookAgain,
  })
  return (
    <form
      className="told"
      onSubmit={(event) => {
        event.preventDefault()
        confirm.mutate()
      }}
    >
      <p>{t('totpScan')}</p>
      <img alt="" width={180} height={180} src={`data:image/svg+xml,${encodeURIComponent(renderSVG(uri))}`} />
      <p>
        <code>{secret}</code> <Copy text={secret} />
      </p>
      <TextInput
        label={t('code')}
        inputMode="numeric"
        autoComplete="one-time-code"
        pattern="[0-9]{6}"
        required
        value={totp}
        onChange={(event) => setTotp(event.target.value)}
      />
      <div>
        <Button type="submit" loading={confirm.isPending}>
          {t('confirm')}
        </Button>
      </div>
    </form>
  )
}
