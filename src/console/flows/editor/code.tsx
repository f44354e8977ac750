import { Textarea } from '@mantine/core'
import { type Ref, useImperativeHandle, useRef } from 'react'
import { lineAt } from '../document.ts'

export interface CodeField {
  /** Marks a line, from 1, and brings it into sight. */
  show(line: number): void
}

interface Props {
  label: string
  description?: string
  text: string
  minRows: number
  ref?: Ref<CodeField>
  onChange(text: string): void
}

const LINE_EM = 1.45
/** The bar of a line that is longer than the field takes of its height: the text would scroll away from its numbers. */
const BAR_LINES = 1

/** A document with the numbers of its lines, by which it is told what is wrong. */
export function Code({ label, description, text, minRows, ref, onChange }: Props) {
  const field = useRef<HTMLTextAreaElement>(null)
  useImperativeHandle(ref, () => ({
    show(line) {
      const node = field.current
      if (node === null) return
      node.focus()
      node.setSelectionRange(...lineAt(text, line))
      const height = Number.parseFloat(getComputedStyle(node).fontSize) * LINE_EM
      node.scrollIntoView({ block: 'nearest' })
      node.closest('.main')?.scrollBy({ top: node.getBoundingClientRect().top + line * height - innerHeight / 2 })
    },
  }))
  const lines = Math.max(text.split('\n').length, minRows)
  return (
    <Textarea
      ref={field}
      label={label}
      {...(description && { description })}
      className="code-field code-numbered"
      leftSection={<Numbers count={lines} />}
      leftSectionPointerEvents="none"
      spellCheck={false}
      rows={lines + BAR_LINES}
      wrap="off"
      value={text}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}

function Numbers({ count }: { count: number }) {
  return (
    <pre className="line-numbers" aria-hidden="true">
      {Array.from({ length: count }, (_, index) => index + 1).join('\n')}
    </pre>
  )
}
