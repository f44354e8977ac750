import type { ReactNode } from 'react'
import { When } from '../time/when.tsx'

/** What happened, one thing below the other. */
export function History({ isNewestFirst = false, children }: { isNewestFirst?: boolean; children: ReactNode }) {
  return (
    <ol className="story" reversed={isNewestFirst || undefined}>
      {children}
    </ol>
  )
}

interface HappenedProps {
  /** ISO 8601. */
  at: string
  /** In a word or two. */
  what?: ReactNode
  children?: ReactNode
}

export function Happened({ at, what, children }: HappenedProps) {
  return (
    <li>
      <When at={at} full /> {what && <strong>{what}</strong>} {children}
    </li>
  )
}
