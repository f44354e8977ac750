import { useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useMaySend } from '../api/session.ts'
import { List } from './list.tsx'
import { One } from './one.tsx'

const Editor = lazy(() => import('./editor/editor.tsx').then(({ Editor }) => ({ default: Editor })))

/** What goes by itself: all flows, the one that is open with its runs, or its document. */
export function Flows() {
  const { name, edit } = useSearch({ from: '/flows' })
  const maySend = useMaySend()
  if (edit && maySend) {
    return (
      <Suspense>
        <Editor key={name ?? ''} name={name ?? null} />
      </Suspense>
    )
  }
  return name === undefined ? <List /> : <One key={name} name={name} />
}
