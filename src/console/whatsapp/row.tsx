import { PauseIcon, PersonIcon } from '@radix-ui/react-icons'
import { Link } from '@tanstack/react-router'
import { useTranslations } from 'use-intl'
import { Chip } from '../parts/chip.tsx'
import { When } from '../time/when.tsx'
import { keyOf, type LastMessage, nameOf, type Summary } from './model.ts'
import { Ticks } from './ticks.tsx'
import { EntryChip, WindowChip } from './window-state.tsx'

/** One conversation of the list: who, what was said last, and how long free text may go. */
export function Row({ conversation, isOpen }: { conversation: Summary; isOpen: boolean }) {
  const t = useTranslations('list')
  const { contact, last_message, unread = 0, waiting_count = 0, handed_over } = conversation
  const at = last_message?.at ?? conversation.customer_service_window.opened_at
  return (
    <Link
      to="/whatsapp"
      search={(former) => ({ ...former, chat: keyOf(conversation) })}
      className={`row ${isOpen ? 'row-open' : ''}`}
      aria-current={isOpen ? 'true' : undefined}
    >
      <span className="row-line">
        <span className={`row-name ${unread > 0 ? 'row-unread' : ''}`}>{nameOf(contact)}</span>
        <span className="row-at">
          <When at={at} />
        </span>
      </span>
      <span className="row-line">
        <span className="row-text">
          <LastWords message={last_message ?? null} />
        </span>
        {unread > 0 && <span className="row-count">{t('unread', { count: unread })}</span>}
      </span>
      <span className="row-chips">
        <WindowChip conversation={conversation} />
        <EntryChip conversation={conversation} />
        {waiting_count > 0 && (
          <Chip tone="warn" icon={<PauseIcon />}>
            {t('waiting', { count: waiting_count })}
          </Chip>
        )}
        {handed_over && (
          <Chip tone="info" icon={<PersonIcon />}>
            {t('handedOver', { team: handed_over.team ?? '' })}
          </Chip>
        )}
      </span>
    </Link>
  )
}

function LastWords({ message }: { message: LastMessage | null }) {
  const t = useTranslations('list')
  const kinds = useTranslations('kinds')
  if (message === null) return <>&nbsp;</>
  const words = message.text ?? (kinds.has(message.type as 'image') ? kinds(message.type as 'image') : message.type)
  if (message.direction === 'inbound') return <>{words}</>
  return (
    <>
      <Ticks status={message.status} /> {t('you', { words })}
    </>
  )
}
