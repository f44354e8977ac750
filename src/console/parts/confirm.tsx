import { Button, Group, Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useFocusBack } from './focus-back.ts'

interface Props {
  /** The question, with what it is about. */
  title: string
  /** What the button does, in a word or two. */
  go: string
  /** It is done at this moment: a second press does nothing. */
  isBusy: boolean
  /** Something is to be said first. */
  isBlocked?: boolean
  /** What cannot be taken back, or costs. */
  children?: ReactNode
  onGo(): void
  onClose(): void
}

/** Asked once before something that costs or cannot be undone. */
export function Confirm({ title, go, isBusy, isBlocked = false, children, onGo, onClose }: Props) {
  const t = useTranslations('common')
  useFocusBack()
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('leave') }}>
      <div className="told">
        {children && <div>{children}</div>}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('leave')}
          </Button>
          <Button loading={isBusy} disabled={isBlocked} onClick={onGo} data-autofocus>
            {go}
          </Button>
        </Group>
      </div>
    </Modal>
  )
}
