import { useState } from 'react'

/** Which parts of a form were left: an empty one is wrong when somebody has been there, and not before. */
export function useLeft() {
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const [isAll, setAll] = useState(false)
  return {
    isUnwritten: (part: string, text: string) => text === '' && !isAll && !left.has(part),
    /** Who wants to be done with it is told of all that is missing. */
    leaveAll: () => setAll(true),
    /** Within a part, from one field to the next, nothing is left. */
    leave(field: Element, next: EventTarget | null) {
      const part = field.closest<HTMLElement>('[data-part]')
      const name = part?.dataset.part
      if (part === null || name === undefined || (next instanceof Node && part.contains(next))) return
      if (!left.has(name)) setLeft(new Set([...left, name]))
    },
  }
}
