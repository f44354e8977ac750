import { createStore } from '../api/store.ts'
import type { ServerEvent } from '../api/stream.ts'
import { keyOf, nameOf, type Summary } from '../whatsapp/model.ts'

/* What a customer writes while nobody looks, told by the browser. Only for who asked for it, and only in this browser. */

const KEY = 'casement-notify'

export const notifyStore = createStore(isWanted())

function isWanted(): boolean {
  return (
    typeof Notification !== 'undefined' && Notification.permission === 'granted' && localStorage.getItem(KEY) === '1'
  )
}

/** Asks the browser, which asks the person, the first time. @returns whether it will be told */
export async function wantNotices(wanted: boolean): Promise<boolean> {
  const granted =
    wanted && typeof Notification !== 'undefined' && (await Notification.requestPermission()) === 'granted'
  localStorage.setItem(KEY, granted ? '1' : '0')
  notifyStore.set(granted)
  return granted
}

const told = new Map<string, string>()

/** One for each conversation, the newest in the place of the one before; none while the page is looked at. */
export function notify({ type, data: { data } }: ServerEvent, open: (chat: string) => void): void {
  if (type !== 'conversation' || !notifyStore.get() || document.visibilityState === 'visible') return
  const summary = data as Summary | null
  const message = summary?.last_message
  if (!summary || message?.direction !== 'inbound' || summary.unread === 0) return
  const chat = keyOf(summary)
  if (told.get(chat) === message.id) return
  told.set(chat, message.id)
  const notice = new Notification(nameOf(summary.contact), { body: message.text ?? message.type, tag: chat })
  notice.onclick = () => {
    window.focus()
    notice.close()
    open(chat)
  }
}
