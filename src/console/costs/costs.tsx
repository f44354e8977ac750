import { Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useMemo } from 'react'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import { Empty, Failed } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { serverNow } from '../time/server-clock.ts'
import { dayKey, useZone } from '../time/zones.ts'
import { RateCards } from './rate-cards.tsx'
import { BYS, type By, type CostSearch } from './search.ts'
import { type CostRow, CostTable } from './table.tsx'

const CostChart = lazy(() => import('./chart.tsx').then(({ CostChart }) => ({ default: CostChart })))

const MONTH_DAYS = 30
const DAY_MS = 24 * 3_600_000

/** What messages cost: by our rate card before Meta says so, by Meta's own prices after. Days are those of the account's zone. */
export function Costs() {
  const t = useTranslations('costs')
  const zone = useZone()
  const search = useSearch({ from: '/costs' })
  const navigate = useNavigate()
  const today = dayKey(new Date(serverNow()), zone)
  const { by = 'day', from = dayKey(new Date(serverNow() - MONTH_DAYS * DAY_MS), zone), to = today } = search
  const set = (change: CostSearch, replace = false) =>
    void navigate({ to: '/costs', search: (former) => ({ ...former, ...change }), replace })
  const costs = useQuery({
    queryKey: ['costs', by, from, to],
    queryFn: async () =>
      (await dataOf(api.GET('/v1/costs', { params: { query: { by, from, to } } }))) as unknown as {
        rows: CostRow[]
        total: CostRow[]
      },
  })
  return (
    <Page title={t('title')}>
      <div className="bar">
        <Select
          label={t('by')}
          allowDeselect={false}
          data={BYS.map((name) => ({ value: name, label: t(`bys.${name}`) }))}
          value={by}
          onChange={(chosen) => set({ by: (chosen ?? 'day') as By })}
        />
        <TextInput
          label={t('from')}
          type="date"
          value={from}
          onChange={(event) => set({ from: event.target.value || undefined }, true)}
        />
        <TextInput
          label={t('to')}
          type="date"
          value={to}
          onChange={(event) => set({ to: event.target.value || undefined }, true)}
        />
      </div>
      {costs.error && <Failed error={costs.error} onRetry={() => void costs.refetch()} />}
      {costs.data?.rows.length === 0 && <Empty title={t('none')}>{t('noneHint')}</Empty>}
      {costs.data && costs.data.rows.length > 0 && (
        <>
          {by === 'day' && <Charts rows={costs.data.rows} from={from} to={to} />}
          <CostTable {...costs.data} by={by} />
        </>
      )}
      <RateCards today={today} />
    </Page>
  )
}

/** Currencies are not added up: each has its own. */
function Charts({ rows, from, to }: { rows: readonly CostRow[]; from: string; to: string }) {
  const byCurrency = useMemo(() => {
    const known = rows.filter(({ currency }) => currency !== null)
    const currencies = [...new Set(known.map(({ currency }) => currency as string))]
    return currencies.map((currency) => ({
      currency,
      points: known
        .filter((row) => row.currency === currency)
        .map(({ key = '', expected, actual }) => ({ day: key, expected: Number(expected), actual: Number(actual) })),
    }))
  }, [rows])
  return (
    <Suspense>
      {byCurrency.map((one) => (
        <CostChart key={one.currency} {...one} from={from} to={to} />
      ))}
    </Suspense>
  )
}
