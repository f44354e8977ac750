import { sharesOf } from './counting.ts'
import type { Campaign } from './queries.ts'

/** Where everybody on the list stands, as one bar; what is under it has the same in numbers. */
export function Bar({ counts }: { counts: Campaign['counts'] }) {
  return (
    <div className="campaign-bar" aria-hidden="true">
      {sharesOf(counts).map(({ part, width }) => (
        <span key={part} className={`part-${part}`} style={{ width: `${width}%` }} />
      ))}
    </div>
  )
}
