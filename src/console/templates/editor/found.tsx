import { useSaid } from '../../words/said.ts'
import type { Checked } from './checking.ts'

/** What stands against these fields: what Meta would refuse, then what it may object to. */
export function Found({ checked: { problems, warnings }, fields }: { checked: Checked; fields: readonly string[] }) {
  const said = useSaid('templateFindings')
  const about = ({ field }: { field: string }) => fields.includes(field)
  const found = [
    ...problems.filter(about).map((one) => ({ ...one, mark: '✕', className: 'found found-bad' })),
    ...warnings.filter(about).map((one) => ({ ...one, mark: '⚠', className: 'found found-warn' })),
  ]
  if (found.length === 0) return null
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
