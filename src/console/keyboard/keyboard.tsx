import { useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useEffectEvent, useRef } from 'react'
import { createStore, useStore } from '../api/store.ts'
import { deedOf } from './keys.ts'

const loadPalette = () => import('./palette.tsx')
const Palette = lazy(async () => ({ default: (await loadPalette()).Palette }))
const Sheet = lazy(() => import('./sheet.tsx').then(({ Sheet }) => ({ default: Sheet })))

/** What of the keyboard's is over the page. */
export const overStore = createStore<'palette' | 'sheet' | null>(null)

/** Read while nothing else is to be done: what is typed right after Ctrl K is meant for it. */
const LATER_MS = 2_000
/** After `g`, for so long a key is a place. */
const PREFIX_MS = 1_500
const ITEMS = '.row, tbody .table-button'

/** Everything by keyboard: places, rows, searching, answering. */
export function Keyboard() {
  const navigate = useNavigate()
  const over = useStore(overStore)
  const prefixedAt = useRef(0)

  const press = useEffectEvent((event: KeyboardEvent) => {
    const target = event.target as HTMLElement
    const deed = deedOf({
      key: event.key,
      ctrl: event.ctrlKey || event.metaKey,
      alt: event.altKey,
      inField: target.matches('input, textarea, select, [contenteditable]') || event.isComposing,
      inDialog: isOver(),
      afterG: Date.now() - prefixedAt.current < PREFIX_MS,
    })
    prefixedAt.current = deed?.kind === 'prefix' ? Date.now() : 0
    if (deed === null || event.defaultPrevented) return
    if (deed.kind !== 'back') event.preventDefault()
    if (deed.kind === 'go') void navigate({ to: deed.to, search: {} })
    else if (deed.kind === 'palette' || deed.kind === 'sheet') overStore.set(deed.kind)
    else if (deed.kind === 'next') focusItem(1)
    else if (deed.kind === 'previous') focusItem(-1)
    else if (deed.kind === 'search') focusOn('[data-search]')
    else if (deed.kind === 'reply') focusOn('textarea[data-composer], [data-composer] textarea')
    else if (deed.kind === 'back') leave(target)
  })

  /** Out of a field to the rows, and out of a conversation to the list. */
  function leave(target: HTMLElement) {
    if (target.matches('input, textarea')) {
      target.blur()
      focusOn('.row-open')
    } else if (location.pathname === '/whatsapp') {
      void navigate({ to: '/whatsapp', search: (former: object) => ({ ...former, chat: undefined }) })
    }
  }

  useEffect(() => {
    const timer = setTimeout(() => void loadPalette().catch(() => {}), LATER_MS)
    return () => clearTimeout(timer)
  }, [])
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => press(event)
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])

  return (
    <Suspense>
      {over === 'palette' && <Palette onClose={() => overStore.set(null)} />}
      {over === 'sheet' && <Sheet onClose={() => overStore.set(null)} />}
    </Suspense>
  )
}

/** Lists of choices stay in the document while they are closed. */
function isOver(): boolean {
  const over = document.querySelectorAll('[role=dialog], [role=listbox], [role=menu]')
  return [...over].some((node) => node.checkVisibility())
}

function focusOn(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.focus()
}

function focusItem(step: 1 | -1): void {
  // Rows of a long list stand where they are drawn, not where they are in the document.
  const items = [...document.querySelectorAll<HTMLElement>(ITEMS)].toSorted(
    (a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top,
  )
  const here = items.indexOf(document.activeElement as HTMLElement)
  const start = here === -1 ? items.findIndex((item) => item.matches('.row-open')) : here
  const next = items[start === -1 ? 0 : Math.min(Math.max(start + step, 0), items.length - 1)]
  next?.focus()
  next?.scrollIntoView({ block: 'nearest' })
}
