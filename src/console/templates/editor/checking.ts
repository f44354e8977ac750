import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { api, dataOf } from '../../api/client.ts'
import type { SaidValues } from '../../api/failure.ts'
import { type Document, documentOf, fieldAt, type TemplateForm } from './form.ts'

export interface Finding {
  /** Of the form: `body`, `buttons.1`. */
  field: string
  message: string
  code: string
  values: SaidValues
}

export interface Checked {
  problems: Finding[]
  warnings: Finding[]
  /** What was found is about an earlier word. */
  isOld: boolean
}

const TYPED_MS = 300

/** What Meta would refuse, found while it is typed. */
export function useChecked(form: TemplateForm): Checked {
  const [asked] = useDebouncedValue(form, TYPED_MS)
  const document = documentOf(asked)
  const { data, isPlaceholderData } = useQuery({
    queryKey: ['lint', document],
    queryFn: () => dataOf(api.POST('/v1/templates/lint', { body: document as unknown as Record<string, unknown> })),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  })
  const inForm = (found: (Omit<Finding, 'field'> & { path: string })[] = []) =>
    found.map(({ path, message, code, values }) => ({ field: fieldAt(asked, path), message, code, values }))
  return {
    problems: inForm(data?.problems),
    warnings: inForm(data?.warnings),
    isOld: data === undefined || isPlaceholderData || asked !== form,
  }
}

/** Creates it, or changes what is there: Meta replaces all components then. */
export function submitTemplate(waba_id: string, document: Document, id: string | null) {
  if (id === null) return dataOf(api.POST('/v1/templates', { body: { waba_id, ...document } as never }))
  const { components, category } = document
  return dataOf(api.PATCH('/v1/templates/{id}', { params: { path: { id } }, body: { components, category } }))
}
