import { useEffect, useState } from 'react'

/**
 * Where the focus was when a dialog came, it is again once the dialog has gone. Mantine gives it back where a dialog stays and is closed; ours
 * come and go, and the focus fell to the page's beginning. Who was sent elsewhere meanwhile stays there.
 */
export function useFocusBack(): void {
  const [before] = useState(() => document.activeElement)
  useEffect(() => {
    return () => {
      requestAnimationFrame(() => {
        const isNowhere = document.activeElement === null || document.activeElement === document.body
        if (isNowhere && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
      })
    }
  }, [before])
}
