import { Table } from '@mantine/core'
import type { CSSProperties, ReactNode } from 'react'
import { Wide } from './wide.tsx'

export interface ListingProps {
  label: string
  /** Below this it scrolls by itself, in pixels; on a phone each row is a card, with the heads beside its cells. */
  width: number
  /** Of the columns; in brackets: said to screen readers alone. */
  heads: readonly (string | readonly [string])[]
  /** Columns from this one on, from 0, are numbers: they stand at the right. */
  numbersFrom?: number
  /** Below the rows. */
  foot?: ReactNode
  /** The row under the pointer. */
  isHighlighted?: boolean
  /** Rows. */
  children: ReactNode
}

/** The frame of a table: its name, its heads, and that it scrolls where it is wider than the screen. */
export function Listing({
  label,
  width,
  heads,
  numbersFrom = heads.length,
  foot,
  isHighlighted = false,
  children,
}: ListingProps) {
  return (
    <Wide label={label}>
      <Table className="listing" style={styleOf(width, heads)} highlightOnHover={isHighlighted}>
        <Table.Thead>
          <Table.Tr>
            {heads.map((head, index) =>
              typeof head === 'string' ? (
                <Table.Th key={head} {...(index >= numbersFrom && { className: 'number' })}>
                  {head}
                </Table.Th>
              ) : (
                <Table.Th key={head[0]} aria-label={head[0]} />
              ),
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
        {foot && <Table.Tfoot>{foot}</Table.Tfoot>}
      </Table>
    </Wide>
  )
}

/** The sheet puts them where they are needed: rows are made elsewhere, and know no heads. */
function styleOf(width: number, heads: ListingProps['heads']): CSSProperties {
  const shown = heads.map((head, index) => [
    `--head-${index + 1}`,
    typeof head === 'string' ? JSON.stringify(head) : null,
  ])
  return Object.fromEntries([['--listing-width', `${width}px`], ...shown.filter(([, head]) => head !== null)])
}
