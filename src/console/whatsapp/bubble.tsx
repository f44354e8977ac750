import { useTranslations } from 'use-intl'
import { useWhen } from '../time/when.tsx'
import { Again } from './again.tsx'
import { Media } from './media.tsx'
import { type Contact, type Message, nameOf } from './model.ts'
import { useReasonWords } from './reasons.ts'
import type { Chat } from './search.ts'
import { Ticks } from './ticks.tsx'

interface Props {
  message: Message
  contact: Contact
  chat: Chat
}

/** One message as both sides saw it, with how far it came, and why it did not. */
export function Bubble({ message, contact, chat }: Props) {
  const t = useTranslations('bubble')
  const when = useWhen()
  const isOurs = message.direction === 'outbound'
  const who = isOurs ? t('we') : nameOf(contact)
  return (
    <article className={`bubble ${isOurs ? 'bubble-ours' : 'bubble-theirs'}`} aria-label={t('from', { who })}>
      {message.referral && <Referral referral={message.referral} />}
      {message.quoted && <Quote quoted={message.quoted} />}
      {message.media && <Media message={message} chat={chat} />}
      <Content message={message} />
      <footer className="bubble-foot">
        <Author message={message} />
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

/** Who of ours wrote it, where that is more than a program. */
function Author({ message: { by } }: { message: Message }) {
  const t = useTranslations('bubble')
  if (by === null) return null
  if (by.kind === 'phone_app') return <span>{t('byPhone')} · </span>
  return by.kind === 'user' && by.name !== null ? <span>{by.name} · </span> : null
}

const WORDS = ['text', 'interactive', 'button', 'template']

function Content({ message }: { message: Message }) {
  const t = useTranslations('bubble')
  const kinds = useTranslations('kinds')
  const kind = message.type as 'image'
  const { template, preview } = message
  return (
    <div className="bubble-text">
      {template && <span className="bubble-kind">{t('template', { name: template })}</span>}
      {!template && !WORDS.includes(message.type) && (
        <span className="bubble-kind">{kinds.has(kind) ? kinds(kind) : kind}</span>
      )}
      {preview?.header && <strong className="bubble-header">{preview.header}</strong>}
      {message.text && <span>{message.text}</span>}
      {preview?.footer && <span className="bubble-kind">{preview.footer}</span>}
      {preview?.buttons.map(({ text }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two buttons may say the same, and none changes its place
        <span key={index} className="bubble-button">
          {text}
        </span>
      ))}
    </div>
  )
}

/** What it answers: its words, or what kind of message it was. */
function Quote({ quoted: { text, type } }: { quoted: NonNullable<Message['quoted']> }) {
  const kinds = useTranslations('kinds')
  const kind = type !== null && kinds.has(type as 'image') ? kinds(type as 'image') : type
  return <blockquote className="bubble-quote">{text ?? kind}</blockquote>
}

/** The ad or the button that brought them. */
function Referral({ referral }: { referral: Record<string, unknown> }) {
  const t = useTranslations('bubble')
  const headline = typeof referral.headline === 'string' ? referral.headline : ''
  return <span className="bubble-kind">⚑ {t('fromAd', { headline })}</span>
}

function Failure({ message: { reason, intent } }: { message: Message }) {
  const words = useReasonWords()
  const t = useTranslations('bubble')
  return (
    <>
      <p className="bubble-why">
        {reason ? words(reason) : t('notDelivered')}
        {reason?.graph_code !== undefined && <small> ({reason.graph_code})</small>}
      </p>
      {intent && <Again intent={intent} />}
    </>
  )
}
