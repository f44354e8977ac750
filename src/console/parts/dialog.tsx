import { Modal, type ModalProps } from '@mantine/core'
import { useTranslations } from 'use-intl'
import { useFocusBack } from './focus-back.ts'

/** A dialog that is open, whose cross has a name. */
export function Dialog(props: Omit<ModalProps, 'opened'>) {
  const t = useTranslations('common')
  useFocusBack()
  return <Modal opened closeButtonProps={{ 'aria-label': t('close') }} {...props} />
}
