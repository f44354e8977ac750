import { Button } from '@mantine/core'
import { type ReactNode, useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'

const NEAR_PX = 80

interface Props {
  /** Changes with what is new at the end, of whatever kind. */
  marks: string
  /** Ids of what was said, the newest first. */
  said: readonly string[]
  onAtEnd(isAtEnd: boolean): void
  children: ReactNode
}

/** Stays at the end while the reader is there, and where they are while they read back: then it counts what came. */
export function Scroll({ marks, said, onAtEnd, children }: Props) {
  const t = useTranslations('thread')
  const frame = useRef<HTMLDivElement>(null)
  const isNear = useRef(true)
  /** What was newest when the reader left the end. */
  const seen = useRef(said[0])
  const [hasNew, setHasNew] = useState(false)

  function arrive() {
    seen.current = said[0]
    setHasNew(false)
    onAtEnd(true)
  }
  function toEnd() {
    const node = frame.current
    if (node) node.scrollTop = node.scrollHeight
    isNear.current = true
    arrive()
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: `marks` says when something is new
  useLayoutEffect(() => {
    if (isNear.current) toEnd()
    else setHasNew(true)
  }, [marks])

  // The composer grows and shrinks, and pictures come late: the end is elsewhere then.
  const stay = useEffectEvent(() => {
    if (isNear.current) toEnd()
  })
  useEffect(() => {
    const node = frame.current
    if (node === null) return
    const sizes = new ResizeObserver(() => stay())
    sizes.observe(node)
    for (const child of node.children) sizes.observe(child)
    return () => sizes.disconnect()
  }, [])

  const last = seen.current === undefined ? -1 : said.indexOf(seen.current)
  return (
    <div className="thread-frame">
      <div
        ref={frame}
        className="thread"
        role="log"
        aria-label={t('messages')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by the keyboard
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          const wasNear = isNear.current
          isNear.current = scrollHeight - scrollTop - clientHeight < NEAR_PX
          if (isNear.current) arrive()
          else if (wasNear) onAtEnd(false)
        }}
      >
        {children}
      </div>
      {hasNew && (
        <Button size="compact-sm" className="thread-new" onClick={toEnd}>
          {t('new', { count: last === -1 ? said.length : last })}
        </Button>
      )}
    </div>
  )
}
