import { Table } from '@mantine/core'
import { useFormatter, useTranslations } from 'use-intl'
import { Chip } from '../parts/chip.tsx'
import { Listing } from '../parts/listing.tsx'
import { stepsOf, TONES } from './document.ts'
import { useOutcomeWords } from './outcomes.ts'
import type { Flow } from './queries.ts'

/** Each step with who waits there, went on and left; whoever came is in one of the three. */
export function Steps({ flow }: { flow: Flow }) {
  const t = useTranslations('flows')
  const format = useFormatter()
  const outcomes = useOutcomeWords()
  const counts = new Map(flow.steps.map((step) => [step.id, step]))
  const written = stepsOf(flow.document as Record<string, unknown>)
  return (
    <Listing
      label={t('steps')}
      width={680}
      heads={[t('step'), t('does'), t('leads'), t('waiting'), t('passed'), t('left')]}
    >
      {written.map(({ id, verb, about, exits }) => {
        const { waiting = 0, passed = 0, left = {} } = counts.get(id) ?? {}
        return (
          <Table.Tr key={id}>
            <Table.Td className="step-id">
              <code>{id}</code>
            </Table.Td>
            <Table.Td className="step-about">
              <Chip tone={TONES[verb]}>{t(`verbs.${verb}`)}</Chip> {about}
            </Table.Td>
            <Table.Td className="step-exits">
              {exits.map(({ by, to }) => (
                <div key={`${by} ${to}`}>
                  <span className="hint">{by}</span> → <code>{to}</code>
                </div>
              ))}
            </Table.Td>
            <Table.Td>{number(waiting)}</Table.Td>
            <Table.Td>{number(passed)}</Table.Td>
            <Table.Td>
              {Object.entries(left)
                .map(([outcome, count]) => `${outcomes(outcome)} ${format.number(count)}`)
                .join(' · ') || '–'}
            </Table.Td>
          </Table.Tr>
        )
      })}
    </Listing>
  )

  function number(count: number): string {
    return count === 0 ? '–' : format.number(count)
  }
}
