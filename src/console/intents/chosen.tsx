import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { type ApiFailure, toFailure } from '../api/failure.ts'
import { useFieldWords } from '../parts/failure-words.ts'
import { Notice } from '../parts/notice.tsx'
import { carryOut, DEEDS, type Deed, deedsFor } from './deeds.ts'
import type { IntentRow } from './queries.ts'

/** So many at once: the others of the workspace ask for something too. */
const AT_ONCE = 4

interface Outcome {
  row: IntentRow
  /** Null: it was done. */
  failure: ApiFailure | null
}

interface Props {
  /** Those that are marked, as they were then: no button goes while one is about to press it, and the API says what became of each. */
  rows: readonly IntentRow[]
  onLeave(): void
}

/** What may be done with those that are marked, and what came of each of them. */
export function Chosen({ rows, onLeave }: Props) {
  const t = useTranslations('chosen')
  const wordsOf = useFieldWords()
  const queries = useQueryClient()
  const act = useMutation({
    mutationFn: (deed: Deed) => carryOutAll(deed, rows),
    onSettled: () => queries.invalidateQueries({ queryKey: ['intents'] }),
  })
  const deeds = DEEDS.filter((deed) => rows.every(({ state }) => deedsFor(state).includes(deed)))
  const outcomes = act.data ?? []
  const refused = outcomes.filter(({ failure }) => failure !== null)
  return (
    <section className="told" aria-label={t('chosen', { count: rows.length })}>
      <div className="bar chosen">
        <strong>{t('chosen', { count: rows.length })}</strong>
        {deeds.length === 0 && outcomes.length === 0 && <span className="hint">{t('none')}</span>}
        {(outcomes.length === 0 ? deeds : []).map((deed) => (
          <Button key={deed} size="xs" variant="default" loading={act.isPending} onClick={() => act.mutate(deed)}>
            {t(deed)}
          </Button>
        ))}
        <Button size="xs" variant="subtle" onClick={onLeave}>
          {t('leave')}
        </Button>
      </div>
      {outcomes.length > 0 && (
        <div role="status">
          <Notice
            tone={refused.length > 0 ? 'warn' : 'good'}
            title={[
              t('done', { count: outcomes.length - refused.length }),
              ...(refused.length > 0 ? [t('refused', { count: refused.length })] : []),
            ].join(' · ')}
          >
            {refused.length > 0 && (
              <ul className="founds" aria-label={t('results')}>
                {refused.map(({ row: { id, to }, failure }) => (
                  <li key={id} className="found found-bad">
                    <span aria-hidden="true">✕</span> {to.wa_id === null ? to.user_id : `+${to.wa_id}`}:{' '}
                    {failure && wordsOf(failure)}
                  </li>
                ))}
              </ul>
            )}
          </Notice>
        </div>
      )}
    </section>
  )
}

/** In their order, a few at once; one that is refused keeps no other. */
async function carryOutAll(deed: Deed, rows: readonly IntentRow[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const waiting = rows.entries()
  const work = async () => {
    for (const [index, row] of waiting) {
      const failure = await carryOut(deed, row.id).then(() => null, toFailure)
      outcomes[index] = { row, failure }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return outcomes
}
