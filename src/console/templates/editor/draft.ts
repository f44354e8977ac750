import { useEffect, useState } from 'react'
import { useWho } from '../../api/session.ts'
import { EMPTY_FORM, type TemplateForm } from './form.ts'

const PREFIX = 'casement-template-draft:'

/** What is being written, kept in the browser until it was submitted. @param of null: a new one; else the id of the one that is changed */
export function useTemplateDraft(of: string | null, first: TemplateForm | null) {
  const { session } = useWho()
  const key = `${PREFIX}${session.workspace}:${of ?? 'new'}`
  const [form, setForm] = useState<TemplateForm>(() => read(key) ?? first ?? EMPTY_FORM)
  const [isDone, setDone] = useState(false)
  useEffect(() => {
    if (isDone) localStorage.removeItem(key)
    else localStorage.setItem(key, JSON.stringify(form))
  }, [key, form, isDone])
  return { form, setForm, forget: () => setDone(true) }
}

function read(key: string): TemplateForm | null {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? 'null') as Partial<TemplateForm> | null
    return kept && { ...EMPTY_FORM, ...kept }
  } catch {
    return null
  }
}
