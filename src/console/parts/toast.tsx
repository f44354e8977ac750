import { CloseButton } from '@mantine/core'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslations } from 'use-intl'
import { toFailure } from '../api/failure.ts'
import { createStore, useStore } from '../api/store.ts'
import { Failed } from './notice.tsx'

/* What became of a command, told in a corner for a while. */

interface Toast {
  id: number
  content: ReactNode
  /** Milliseconds. */
  staysFor: number
}

const MOST = 4
const FAILED_MS = 12_000
const DONE_MS = 4_000

const toasts = createStore<readonly Toast[]>([])
let last = 0

function show(content: ReactNode, staysFor: number): void {
  last += 1
  toasts.set([...toasts.get(), { id: last, content, staysFor }].slice(-MOST))
}

/** A command that was refused, with the API's words. */
export function tellFailure(error: unknown): void {
  const failure = toFailure(error)
  // The sign-in over the page says it already.
  if (failure.status === 401) return
  show(<Failed error={failure} />, FAILED_MS)
}

export function tellDone(message: string): void {
  show(<div className="notice notice-good">{message}</div>, DONE_MS)
}

export function Toasts() {
  const shown = useStore(toasts)
  return (
    <div className="toasts" aria-live="polite">
      {shown.map((toast) => (
        <One key={toast.id} toast={toast} />
      ))}
    </div>
  )
}

/** It stays while somebody reads it, with the pointer on it or the focus in it. */
function One({ toast: { id, content, staysFor } }: { toast: Toast }) {
  const t = useTranslations('common')
  const [isRead, setRead] = useState(false)
  const close = () => toasts.set(toasts.get().filter((one) => one.id !== id))
  useEffect(() => {
    if (isRead) return
    const timer = setTimeout(() => toasts.set(toasts.get().filter((one) => one.id !== id)), staysFor)
    return () => clearTimeout(timer)
  }, [isRead, id, staysFor])
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: nothing is done there, it is only known that somebody reads
    <div
      className="toast"
      onPointerEnter={() => setRead(true)}
      onPointerLeave={() => setRead(false)}
      onFocus={() => setRead(true)}
      onBlur={() => setRead(false)}
    >
      {content}
      <CloseButton size="sm" className="toast-close" aria-label={t('close')} onClick={close} />
    </div>
  )
}
