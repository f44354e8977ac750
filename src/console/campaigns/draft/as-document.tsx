import { Textarea } from '@mantine/core'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import type { ApiFailure } from '../../api/failure.ts'
import { useFieldWords } from '../../parts/failure-words.ts'
import { type ReadDocument, readDocument } from './document.ts'
import { WRITTEN } from './form.ts'

export interface Written extends ReadDocument {
  text: string
  write(text: string): void
}

/** A campaign as the API takes it, for all that the form has no fields for. @param first what stands there before anybody writes */
export function useWritten(first: object): Written {
  const [text, setText] = useState(() => JSON.stringify(first, null, 2))
  return { text, ...readDocument(text), write: setText }
}

export function AsDocument({ written, failure }: { written: Written; failure: ApiFailure | null }) {
  const t = useTranslations('campaigns')
  const wordsOf = useFieldWords()
  return (
    <Textarea
      label={t('document')}
      description={t('documentAbout', { members: WRITTEN.join(', ') })}
      className="code-field"
      autosize
      minRows={12}
      maxRows={30}
      spellCheck={false}
      value={written.text}
      onChange={(event) => written.write(event.target.value)}
      error={written.problem ?? (failure?.field ? `${failure.field}: ${wordsOf(failure)}` : undefined)}
    />
  )
}
