import { ChevronLeftIcon } from '@radix-ui/react-icons'
import { Link } from '@tanstack/react-router'
import { useTranslations } from 'use-intl'
import { useSenders } from '../api/queries.ts'
import { Chip } from '../parts/chip.tsx'
import { Copy } from '../parts/copy.tsx'
import { senderName } from '../senders/name.ts'
import { useTicking } from '../time/ticker.ts'
import { useWhen } from '../time/when.tsx'
import { WindowAnnouncer } from './lines.tsx'
import { type Conversation, nameOf, numberOf } from './model.ts'
import { EntryChip, useWindowState, WindowChip } from './window-state.tsx'

/** Who it is, in their own time, and both clocks. */
export function ThreadHead({ conversation }: { conversation: Conversation }) {
  const t = useTranslations('thread')
  const { contact } = conversation
  return (
    <header className="thread-head">
      <div className="thread-who">
        <Link
          to="/whatsapp"
          search={(former) => ({ ...former, chat: undefined })}
          className="thread-back"
          aria-label={t('back')}
        >
          <ChevronLeftIcon />
        </Link>
        <h2>{nameOf(contact)}</h2>
        <span className="thread-number">
          {nameOf(contact) !== numberOf(contact) && numberOf(contact)}{' '}
          <Copy text={numberOf(contact)} label={t('copyNumber')} />
        </span>
        <span className="thread-facts">
          {contact.language} <TheirTime zone={contact.time_zone} />
        </span>
        {contact.marketing === 'out' && <Chip tone="warn">{t('stopped')}</Chip>}
      </div>
      <div className="thread-clocks">
        <WindowChip conversation={conversation} />
        <UntilWords conversation={conversation} />
        <EntryChip conversation={conversation} />
        <FromNumber id={conversation.sender} />
      </div>
      <WindowAnnouncer conversation={conversation} />
    </header>
  )
}

function UntilWords({ conversation }: { conversation: Conversation }) {
  const t = useTranslations('window')
  const when = useWhen()
  const state = useWindowState(conversation)
  const { expires_at } = conversation.customer_service_window
  if (expires_at === null) return null
  const at = when.short(expires_at)
  return <span className="hint">{state === 'ended' ? t('endedAt', { at }) : t('until', { at })}</span>
}

function TheirTime({ zone }: { zone: string | null }) {
  const t = useTranslations('thread')
  const when = useWhen()
  const clock = useTicking((now) => (zone === null ? null : when.clockIn(zone, now)))
  return clock === null ? null : <>· {t('there', { time: clock })}</>
}

/** Which of our numbers, where there are several. */
function FromNumber({ id }: { id: string }) {
  const { data: senders = [] } = useSenders()
  const sender = senders.find(({ phone_number_id }) => phone_number_id === id)
  if (senders.length < 2 || sender === undefined) return null
  return <span className="hint">{senderName(sender)}</span>
}
