import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { jobItemsQuery } from './queries.ts'
import { Rows } from './rows.tsx'

/** Each that a job has changed, as it is now. */
export function JobItems({ id, onOpen }: { id: string; onOpen: (intent: string) => void }) {
  const t = useTranslations('bulk')
  const list = useInfiniteQuery(jobItemsQuery(id))
  return (
    <Rows label={t('items')} list={list} chosen={null} onOpen={onOpen} empty={<p className="hint">{t('noItems')}</p>} />
  )
}
