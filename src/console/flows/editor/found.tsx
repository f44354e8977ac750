import { useTranslations } from 'use-intl'
import type { Problem } from '../../api/failure.ts'

interface Props {
  problems: readonly Problem[]
  warnings?: readonly Problem[]
  /** To a line of the document. */
  onLine(line: number): void
}

/** What is wrong, by line, with what was probably meant. */
export function Found({ problems, warnings = [], onLine }: Props) {
  const t = useTranslations('flows')
  const found = [
    ...problems.map((one) => ({ ...one, mark: '✕', className: 'found found-bad' })),
    ...warnings.map((one) => ({ ...one, mark: '⚠', className: 'found found-warn' })),
  ]
  return (
    <ul className="founds" aria-live="polite">
      {found.map(({ path, line, message, hint, mark, className }) => (
        <li key={`${path} ${line} ${message}`} className={className}>
          <span aria-hidden="true">{mark}</span>{' '}
          {line !== undefined && (
            <button type="button" className="table-button" onClick={() => onLine(line)}>
              {t('line', { line })}
            </button>
          )}{' '}
          {path && <code>{path}</code>} {message}
          {hint && <strong> {hint}</strong>}
        </li>
      ))}
    </ul>
  )
}
