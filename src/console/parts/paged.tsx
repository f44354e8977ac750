import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Listing, type ListingProps } from './listing.tsx'
import { Failed } from './notice.tsx'

/** What a list that is read page by page has to say. */
export interface PagedList<Row> {
  data: { pages: { data: Row[] }[] } | undefined
  error: unknown
  hasNextPage: boolean
  isFetchingNextPage: boolean
  refetch(): unknown
  fetchNextPage(): unknown
}

interface Props<Row> extends Omit<ListingProps, 'children'> {
  list: PagedList<Row>
  /** Where there is nothing. */
  empty?: ReactNode
  /** One row of the table. */
  children(row: Row): ReactNode
}

export function rowsOf<Row>({ data }: Pick<PagedList<Row>, 'data'>): Row[] {
  return data?.pages.flatMap((page) => page.data) ?? []
}

/** A table that is read page by page: its rows, or why there are none, and the way to more of them. */
export function Paged<Row>({ list, empty, children, ...listing }: Props<Row>) {
  const t = useTranslations('common')
  const rows = rowsOf(list)
  return (
    <>
      {list.error != null && rows.length === 0 && <Failed error={list.error} onRetry={() => void list.refetch()} />}
      {list.data && rows.length === 0 && empty}
      {rows.length > 0 && <Listing {...listing}>{rows.map(children)}</Listing>}
      {list.hasNextPage && (
        <div>
          <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('more')}
          </Button>
        </div>
      )}
    </>
  )
}
