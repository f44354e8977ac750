import { useEffect, useState } from 'react'
import { type Attachment, messageWith, takesCaption } from './attachment.ts'
import { textMessage } from './sending.ts'

/*
 * What was typed and not sent, by conversation: it stays when one looks at another person, closes the tab or is signed out, and is never
 * carried over to somebody else.
 */

const PREFIX = 'casement-draft:'
const REST_MS = 500

export function draftKey(workspace: string, chat: string): string {
  return `${PREFIX}${workspace}:${chat}`
}

export function readDraft(key: string): string {
  return localStorage.getItem(key) ?? ''
}

export function writeDraft(key: string, text: string): void {
  if (text === '') localStorage.removeItem(key)
  else localStorage.setItem(key, text)
}

/** The draft of a conversation and how to change it; written down when the typing rests, and when the reader leaves. */
export function useDraft(key: string): [text: string, setText: (text: string) => void] {
  const [text, setText] = useState(() => readDraft(key))
  useEffect(() => {
    const write = () => writeDraft(key, text)
    const timer = setTimeout(write, REST_MS)
    addEventListener('pagehide', write)
    return () => {
      clearTimeout(timer)
      removeEventListener('pagehide', write)
      write()
    }
  }, [key, text])
  return [text, setText]
}

export interface Draft {
  text: string
  setText(text: string): void
  file: Attachment | null
  setFile(file: Attachment | null): void
}

export function isEmpty({ text, file }: Draft): boolean {
  return text.trim() === '' && file === null
}

export function messageOf({ text, file }: Draft): Record<string, unknown> {
  return file === null ? textMessage(text) : messageWith(file, text)
}

/** What was sent leaves the draft; words that a sound could not take stay. */
export function clear({ file, setText, setFile }: Draft): void {
  if (file === null || takesCaption(file)) setText('')
  setFile(null)
}
