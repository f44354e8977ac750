import { Button, FileButton, Table, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { api, dataOf, sendBytes } from '../api/client.ts'
import { useIsAdmin } from '../api/session.ts'
import { Listing } from '../parts/listing.tsx'
import { Failed } from '../parts/notice.tsx'
import { When } from '../time/when.tsx'

const KEY = ['rate-cards'] as const

/** Meta's prices, as Meta's own files have them: what messages are expected to cost is reckoned by these. */
export function RateCards({ today }: { today: string }) {
  const t = useTranslations('costs')
  const isAdmin = useIsAdmin()
  const cards = useQuery({ queryKey: KEY, queryFn: async () => (await dataOf(api.GET('/v1/rate-cards'))).data })
  return (
    <section className="step">
      <h2>{t('rateCards')}</h2>
      <p className="hint">{t('rateCardsAbout')}</p>
      {cards.error && <Failed error={cards.error} />}
      {cards.data?.length === 0 && <p>{t('noRateCards')}</p>}
      {cards.data && cards.data.length > 0 && (
        <Listing
          label={t('rateCards')}
          width={520}
          heads={[t('validFrom'), t('currency'), t('kind'), t('markets'), t('imported')]}
        >
          {cards.data.map(({ id, valid_from, currency, kind, markets, created_at }) => (
            <Table.Tr key={id}>
              <Table.Td>{valid_from}</Table.Td>
              <Table.Td>{currency}</Table.Td>
              <Table.Td>{t(`kinds.${kind}`)}</Table.Td>
              <Table.Td>{markets}</Table.Td>
              <Table.Td>
                <When at={created_at} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Listing>
      )}
      {isAdmin && <Import today={today} />}
    </section>
  )
}

/** A file with anything that is not known is refused whole, and the answer names its lines. */
function Import({ today }: { today: string }) {
  const t = useTranslations('costs')
  const queries = useQueryClient()
  const [validFrom, setValidFrom] = useState(`${today.slice(0, 8)}01`)
  const load = useMutation({
    mutationFn: (file: File) => {
      const csv = new File([file], file.name, { type: 'text/csv' })
      return sendBytes(`/v1/rate-cards?${new URLSearchParams({ valid_from: validFrom })}`, csv)
    },
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: KEY })
      void queries.invalidateQueries({ queryKey: ['costs'] })
    },
  })
  return (
    <>
      <div className="bar">
        <TextInput
          label={t('validFrom')}
          type="date"
          value={validFrom}
          onChange={(event) => setValidFrom(event.target.value)}
        />
        <FileButton accept=".csv,text/csv" onChange={(file) => file && load.mutate(file)}>
          {(props) => (
            <Button {...props} variant="default" loading={load.isPending} disabled={validFrom === ''}>
              {t('import')}
            </Button>
          )}
        </FileButton>
      </div>
      {load.error && <Failed error={load.error} />}
    </>
  )
}
