import { Table } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslations } from 'use-intl'
import { usePolling } from '../api/queries.ts'
import { Paged } from '../parts/paged.tsx'
import { When } from '../time/when.tsx'
import { useOutcomeWords } from './outcomes.ts'
import { type RunSummary, runsQuery } from './queries.ts'
import { type FlowSearch, RUN_STATES } from './search.ts'
import { FlowChip } from './state-chip.tsx'

const LOOK_EVERY_MS = 4_000

/** Everybody who is or was in it, newest first. */
export function Runs({ name }: { name: string }) {
  const t = useTranslations('flows')
  const search = useSearch({ from: '/flows' })
  const { runs: state } = search
  const navigate = useNavigate()
  const set = (change: Partial<FlowSearch>) => void navigate({ to: '/flows', search: { ...search, ...change } })
  const polling = usePolling(LOOK_EVERY_MS)
  const list = useInfiniteQuery({
    ...runsQuery(name, state),
    // What is looked at further down stays where it is.
    refetchInterval: ({ state: { data } }) => (data && data.pages.length > 1 ? false : polling),
  })
  return (
    <section className="told" aria-label={t('runs')}>
      <h2>{t('runs')}</h2>
      <div className="bar">
        {[undefined, ...RUN_STATES].map((one) => (
          <button
            key={one ?? 'all'}
            type="button"
            className="filter"
            aria-pressed={state === one}
            onClick={() => set({ runs: one })}
          >
            {one === undefined ? t('all') : t(`states.${one}`)}
          </button>
        ))}
      </div>
      <Paged
        list={list}
        label={t('runs')}
        width={640}
        heads={[t('contact'), t('state'), t('step'), t('next'), t('started'), t('version')]}
        empty={<p className="hint">{t('noRuns')}</p>}
      >
        {(run) => <Row key={run.id} run={run} onOpen={() => set({ run: run.id })} />}
      </Paged>
    </section>
  )
}

function Row({ run, onOpen }: { run: RunSummary; onOpen: () => void }) {
  const t = useTranslations('flows')
  const outcomes = useOutcomeWords()
  const { contact, state, step, outcome, due_at, started_at, version, ended_at } = run
  return (
    <Table.Tr>
      <Table.Td>
        <button type="button" className="table-button" onClick={onOpen}>
          {contact.wa_id === null ? contact.user_id : `+${contact.wa_id}`}
        </button>
      </Table.Td>
      <Table.Td>
        <FlowChip state={state} /> {outcome !== null && outcomes(outcome)}
      </Table.Td>
      <Table.Td>
        <code>{step}</code>
      </Table.Td>
      <Table.Td>
        {state === 'ended' ? (
          <When at={ended_at} />
        ) : due_at === null ? (
          t('whenSomethingHappens')
        ) : (
          <When at={due_at} />
        )}
      </Table.Td>
      <Table.Td>
        <When at={started_at} />
      </Table.Td>
      <Table.Td>{version}</Table.Td>
    </Table.Tr>
  )
}
