import { NavLink } from '@mantine/core'
import { MobileIcon } from '@radix-ui/react-icons'
import { useTranslations } from 'use-intl'
import { useSandbox } from '../api/queries.ts'
import { createStore, useStore } from '../api/store.ts'

/** Whether the customer's phone stands beside the page. */
export const phoneStore = createStore(false)

/** Only where the built-in sandbox is, and for who may move it. */
export function PhoneButton({ onGone }: { onGone: () => void }) {
  const t = useTranslations('menu')
  const isOpen = useStore(phoneStore)
  const sandbox = useSandbox()
  if (!sandbox) return null
  return (
    <NavLink
      component="button"
      label={t('phone')}
      leftSection={<MobileIcon />}
      aria-expanded={isOpen}
      onClick={() => {
        phoneStore.set(!isOpen)
        onGone()
      }}
    />
  )
}
