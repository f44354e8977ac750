import { useTranslations } from 'use-intl'
import { useWhen } from '../time/when.tsx'
import { type Contact, type Message, nameOf } from './model.ts'
import { useReasonWords } from './reasons.ts'
import { Ticks } from './ticks.tsx'

/** One message as both sides saw it, with how far it came, and why it did not. */
export function Bubble({ message, contact }: { message: Message; contact: Contact }) {
  const t = useTranslations('bubble')
  const when = useWhen()
  const isOurs = message.direction === 'outbound'
  const who = isOurs ? t('we') : nameOf(contact)
  return (
    <article className={`bubble ${isOurs ? 'bubble-ours' : 'bubble-theirs'}`} aria-label={t('from', { who })}>
      <Content message={message} />
      <footer className="bubble-foot">
        {message.by?.kind === 'phone_app' && <span>{t('byPhone')} · </span>}
        {message.by?.name && <span>{message.by.name} · </span>}
        <time dateTime={message.at} title={when.exact(message.at)}>
          {when.time(message.at)}
        </time>
        {isOurs && (
          <>
            {' '}
            <Ticks status={message.status} withWord={message.status === 'failed'} />
          </>
        )}
      </footer>
      {message.status === 'failed' && <Failure message={message} />}
    </article>
  )
}

function Content({ message }: { message: Message }) {
  const t = useTranslations('bubble')
  const kinds = useTranslations('kinds')
  const kind = message.type as 'image'
  const isWords = message.type === 'text' || message.type === 'interactive' || message.type === 'button'
  return (
    <div className="bubble-text">
      {message.template && (
        <span className="bubble-kind">
          {t('template', { name: message.template.name, language: message.template.language })}
        </span>
      )}
      {!message.template && !isWords && <span className="bubble-kind">{kinds.has(kind) ? kinds(kind) : kind}</span>}
      {message.text && <span>{message.text}</span>}
    </div>
  )
}

function Failure({ message: { reason } }: { message: Message }) {
  const words = useReasonWords()
  const t = useTranslations('bubble')
  return (
    <p className="bubble-why">
      {reason ? words(reason) : t('notDelivered')}
      {reason?.graph_code !== undefined && <small> ({reason.graph_code})</small>}
    </p>
  )
}
