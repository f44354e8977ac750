import { type RefObject, useEffect, useEffectEvent } from 'react'

interface Props {
  /** How much would change if the list were read again. */
  count: number
  /** In words. */
  children: string
  /** What is read: the pointer on it, or a scrolled part of it, says that somebody does. */
  frame: RefObject<HTMLElement | null>
  /** The part of it that scrolls, where that is not the frame. */
  scrolls?: string
  /** Rows are chosen: whatever is new waits until it is asked for. */
  rests?: boolean
  onShow(): void
}

/** What is new is shown at once while nobody reads the list; else announced, so that no row slides away under the pointer. */
export function News({ count, children, frame, scrolls, rests = false, onShow }: Props) {
  const show = useEffectEvent(onShow)
  useEffect(() => {
    const list = frame.current
    const scrolled = scrolls === undefined ? list : list?.querySelector(scrolls)
    const isRead = rests || list?.matches(':hover') || (scrolled?.scrollTop ?? 0) > 0
    if (count > 0 && !isRead) show()
  }, [count, frame, scrolls, rests])
  if (count === 0) return null
  return (
    <button type="button" className="moved" onClick={onShow}>
      {children}
    </button>
  )
}
