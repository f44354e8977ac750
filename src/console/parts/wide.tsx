import type { ReactNode } from 'react'

/** A table that is wider than a phone: it scrolls by itself, by the keyboard too. */
export function Wide({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by the keyboard
    <section className="scroll-x" tabIndex={0} aria-label={label}>
      {children}
    </section>
  )
}
