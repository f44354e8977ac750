import type { ReactNode } from 'react'

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'quiet'

/** A state: an icon and a word, never colour alone. */
export function Chip({
  tone,
  icon,
  children,
  title,
}: {
  tone: Tone
  icon?: ReactNode
  children: ReactNode
  title?: string
}) {
  return (
    <span className={`chip chip-${tone}`} title={title}>
      {icon && (
        <span className="chip-icon" aria-hidden="true">
          {icon}
        </span>
      )}
      {children}
    </span>
  )
}
