import { Table } from '@mantine/core'
import type { ReactNode } from 'react'
import { Wide } from './wide.tsx'

export interface ListingProps {
  label: string
  /** Below this it scrolls by itself, in pixels. */
  width: number
  /** Of the columns; in brackets: said to screen readers alone. */
  heads: readonly (string | readonly [string])[]
  /** The row under the pointer. */
  isHighlighted?: boolean
  /** Rows. */
  children: ReactNode
}

/** The frame of a table: its name, its heads, and that it scrolls where it is wider than the screen. */
export function Listing({ label, width, heads, isHighlighted = false, children }: ListingProps) {
  return (
    <Wide label={label}>
      <Table miw={width} highlightOnHover={isHighlighted}>
        <Table.Thead>
          <Table.Tr>
            {heads.map((head) =>
              typeof head === 'string' ? (
                <Table.Th key={head}>{head}</Table.Th>
              ) : (
                <Table.Th key={head[0]} aria-label={head[0]} />
              ),
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </Wide>
  )
}
