import { useTranslations } from 'use-intl'
import { chosenWorkspace } from '../api/session.ts'
import type { Message } from './model.ts'
import type { Chat } from './search.ts'

/** A file that Meta keeps: shown where a browser can, else to be taken down. */
export function Media({ message, chat }: { message: Message; chat: Chat }) {
  const t = useTranslations('bubble')
  // Of what we sent Meta tells no type.
  const kind = message.media?.mime_type?.split('/')[0] ?? message.type
  const source = sourceOf(message, chat)
  if (kind === 'image')
    return <img className="bubble-picture" src={source} alt={message.text ?? t('picture')} loading="lazy" />
  // biome-ignore lint/a11y/useMediaCaption: a customer's own, of which nobody has the words
  if (kind === 'video') return <video className="bubble-picture" src={source} controls preload="none" />
  // biome-ignore lint/a11y/useMediaCaption: a customer's own, of which nobody has the words
  if (kind === 'audio') return <audio src={source} controls preload="none" />
  return (
    <a href={source} download={message.media?.filename ?? true}>
      {message.media?.filename ?? t('file')}
    </a>
  )
}

function sourceOf({ id }: Message, { sender, contact }: Chat): string {
  const path = ['v1', 'conversations', sender, contact, 'messages', id, 'media'].map(encodeURIComponent).join('/')
  const workspace = chosenWorkspace()
  return `/${path}${workspace === null ? '' : `?workspace=${encodeURIComponent(workspace)}`}`
}
