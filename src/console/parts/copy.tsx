import { CheckIcon, CopyIcon } from '@radix-ui/react-icons'
import { useState } from 'react'
import { useTranslations } from 'use-intl'

const SHOWN_MS = 1_500

export function Copy({ text, label }: { text: string; label?: string }) {
  const t = useTranslations('common')
  const [isCopied, setCopied] = useState(false)
  async function copy() {
    await write(text)
    setCopied(true)
    setTimeout(() => setCopied(false), SHOWN_MS)
  }
  const name = isCopied ? t('copied') : (label ?? t('copy'))
  return (
    <button type="button" className="copy" onClick={() => void copy()} aria-label={name} title={name}>
      {isCopied ? <CheckIcon /> : <CopyIcon />}
    </button>
  )
}

async function write(text: string): Promise<void> {
  const clipboard = navigator.clipboard as Clipboard | undefined
  if (clipboard !== undefined) return clipboard.writeText(text)
  // Over plain http from another machine there is only the old way.
  const field = document.body.appendChild(document.createElement('textarea'))
  field.value = text
  field.select()
  document.execCommand('copy')
  field.remove()
}
