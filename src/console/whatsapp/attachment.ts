import { useSyncExternalStore } from 'react'
import { createStore } from '../api/store.ts'

/*
 * A file that goes with the next message. It is with Meta already, which gave it an id for 30 days; here is what it was called. It stays
 * with its conversation as the draft does, and as long as the page is open.
 */

export type FileKind = 'image' | 'video' | 'audio' | 'document'

export interface Attachment {
  /** Of Meta, for the number that it was uploaded with. */
  id: string
  kind: FileKind
  name: string
}

const MB = 1_000_000

/** What WhatsApp shows in the chat, and up to which size in bytes. Everything else is a document. Source: platform notes 5.7, read 2026-11. */
const KINDS: readonly { kind: FileKind; types: RegExp; most: number }[] = [
  { kind: 'image', types: /^image\/(jpeg|png)$/, most: 5 * MB },
  { kind: 'video', types: /^video\/(mp4|3gpp)$/, most: 16 * MB },
  { kind: 'audio', types: /^audio\/(aac|mp4|mpeg|amr|ogg)$/, most: 16 * MB },
  { kind: 'document', types: /./, most: 100 * MB },
]

export const ACCEPTED =
  'image/jpeg,image/png,video/mp4,video/3gpp,audio/aac,audio/mp4,audio/mpeg,audio/amr,audio/ogg,text/plain,application/pdf,.doc,.docx,.xls,.xlsx,.ppt,.pptx'

/** As what a file would go; `mostMb` where it is too large for that. */
export function kindOf({ type, size }: { type: string; size: number }): { kind: FileKind; mostMb: number | null } {
  const { kind, most } = KINDS.find(({ types }) => types.test(type)) ?? (KINDS.at(-1) as (typeof KINDS)[number])
  return { kind, mostMb: size > most ? most / MB : null }
}

/** WhatsApp has no words under a sound. */
export function takesCaption({ kind }: Attachment): boolean {
  return kind !== 'audio'
}

/** The Cloud API's own object. */
export function messageWith({ id, kind, name }: Attachment, text: string): Record<string, unknown> {
  const caption = text.trim() === '' || kind === 'audio' ? {} : { caption: text }
  return { type: kind, [kind]: { id, ...caption, ...(kind === 'document' ? { filename: name } : {}) } }
}

const attachments = createStore<ReadonlyMap<string, Attachment>>(new Map())

/** @param key of the draft that it belongs to */
export function useAttachment(key: string): [Attachment | null, (attachment: Attachment | null) => void] {
  const attachment = useSyncExternalStore(attachments.subscribe, () => attachments.get().get(key) ?? null)
  return [
    attachment,
    (next) => {
      const others = [...attachments.get()].filter(([other]) => other !== key)
      attachments.set(new Map(next === null ? others : [...others, [key, next]]))
    },
  ]
}
