import { useSaid } from '../../words/said.ts'
import type { Checked } from './checking.ts'

interface Props {
  checked: Checked
  fields: readonly string[]
  /** Nothing was written there yet: nobody is told that nothing is there before they have been. */
  isUnwritten?: boolean
}

/** What stands against these fields: what Meta would refuse, then what it may object to. */
export function Found({ checked: { problems, warnings }, fields, isUnwritten = false }: Props) {
  const said = useSaid('templateFindings')
  const about = ({ field }: { field: string }) => fields.includes(field)
  const found = [
    ...problems.filter(about).map((one) => ({ ...one, mark: '✕', className: 'found found-bad' })),
    ...warnings.filter(about).map((one) => ({ ...one, mark: '⚠', className: 'found found-warn' })),
  ]
  if (found.length === 0 || isUnwritten) return null
  return (
    <ul className="founds">
      {found.map(({ field, code, values, message, mark, className }) => (
        <li key={`${field} ${message}`} className={className}>
          <span aria-hidden="true">{mark}</span> {said({ code, values, text: message })}
        </li>
      ))}
    </ul>
  )
}
