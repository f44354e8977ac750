import { useTranslations } from 'use-intl'
import type { Problem } from '../../api/failure.ts'
import { useSaid } from '../../words/said.ts'

interface Props {
  problems: readonly Problem[]
  warnings?: readonly Problem[]
  /** To a line of the document. */
  onLine(line: number): void
}

/** What is wrong, by line, with what was probably meant. */
export function Found({ problems, warnings = [], onLine }: Props) {
  const t = useTranslations('flows')
  const said = useSaid('flowProblems')
  const hinted = useSaid('flowHints')
  const found = [
    ...problems.map((one) => ({ ...one, mark: '✕', className: 'found found-bad' })),
    ...warnings.map((one) => ({ ...one, mark: '⚠', className: 'found found-warn' })),
  ]
  return (
    <ul className="founds" aria-live="polite">
      {found.map(({ path, line, message, code, values, hint, hint_code, hint_values, mark, className }) => (
        <li key={`${path} ${line} ${message}`} className={className}>
          <span aria-hidden="true">{mark}</span>{' '}
          {line !== undefined && (
            <button type="button" className="table-button" onClick={() => onLine(line)}>
              {t('line', { line })}
            </button>
          )}{' '}
          {path && <code>{path}</code>} {said({ code, values, text: message })}
          {hint && <strong> {hinted({ code: hint_code, values: hint_values, text: hint })}</strong>}
        </li>
      ))}
    </ul>
  )
}
