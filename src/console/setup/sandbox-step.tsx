import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { api, askJson, dataOf } from '../api/client.ts'
import type { Sender } from '../api/queries.ts'
import { randomKey } from '../api/random-key.ts'
import { tellFailure } from '../parts/toast.tsx'
import { numberText } from '../senders/name.ts'

interface SandboxNumber {
  id: string
  waba_id: string
  display_phone_number: string
  verified_name: string
}

/** The numbers that the sandbox has and nobody linked. Each gets a token of its own, which only the sandbox takes. */
export function SandboxStep({ senders }: { senders: Sender[] }) {
  const t = useTranslations('setup')
  const queries = useQueryClient()
  const { data: numbers = [] } = useQuery({
    queryKey: ['sandbox', 'senders'],
    queryFn: async () => (await askJson<{ data: SandboxNumber[] }>('GET', '/v1/sandbox/senders')).data,
  })
  const link = useMutation({
    mutationFn: async (number: SandboxNumber) => {
      const token = `sandbox-${randomKey()}`
      await askJson('POST', '/v1/sandbox/tokens', { token })
      const { id, waba_id, display_phone_number, verified_name } = number
      const body = { phone_number_id: id, waba_id, access_token: token, display_phone_number, verified_name }
      return dataOf(api.POST('/v1/senders', { body }))
    },
    onError: tellFailure,
    onSettled: () => queries.invalidateQueries({ queryKey: ['senders'] }),
  })
  const free = numbers.filter(({ id }) => !senders.some(({ phone_number_id }) => phone_number_id === id))
  if (free.length === 0) return null
  return (
    <section className="step">
      <h2>{t('sandbox')}</h2>
      <p>{t('sandboxAbout')}</p>
      {free.map((number) => (
        <div key={number.id}>
          <Button loading={link.isPending} onClick={() => link.mutate(number)}>
            {t('useSandbox', { name: `${number.verified_name} (${numberText(number.display_phone_number)})` })}
          </Button>
        </div>
      ))}
    </section>
  )
}
