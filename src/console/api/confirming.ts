import { createStore } from './store.ts'

/** Set while somebody is asked for their password again; the dialog answers whether they gave it. */
export const confirmingStore = createStore<((isConfirmed: boolean) => void) | null>(null)

/** Resolves once the dialog is over; false when it was left. Several commands wait for one dialog. */
export function confirmIdentity(): Promise<boolean> {
  return new Promise((resolve) => {
    const others = confirmingStore.get()
    confirmingStore.set((isConfirmed) => {
      confirmingStore.set(null)
      others?.(isConfirmed)
      resolve(isConfirmed)
    })
  })
}
