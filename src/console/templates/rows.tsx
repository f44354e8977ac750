import { Table } from '@mantine/core'
import { useTranslations } from 'use-intl'
import { Chip } from '../parts/chip.tsx'
import { Listing } from '../parts/listing.tsx'
import { useCategoryWords } from '../words/category.ts'
import { StatusChip } from './status-chip.tsx'
import type { Template } from './template.ts'

export function Rows({ rows, onOpen }: { rows: Template[]; onOpen: (id: string) => void }) {
  const t = useTranslations('templates')
  const categoryWords = useCategoryWords()
  return (
    <Listing
      label={t('title')}
      width={560}
      heads={[t('name'), t('language'), t('status'), t('quality'), t('category')]}
      isHighlighted
    >
      {rows.map((template) => (
        <Table.Tr key={template.id}>
          <Table.Td>
            <button type="button" className="table-button" onClick={() => onOpen(template.id)}>
              {template.name}
            </button>{' '}
            {template.hidden && <Chip tone="quiet">{t('hidden')}</Chip>}
          </Table.Td>
          <Table.Td>{template.language}</Table.Td>
          <Table.Td>
            <StatusChip status={template.status} />
          </Table.Td>
          <Table.Td>
            <Quality of={template.quality} />
          </Table.Td>
          <Table.Td>
            <Category of={template.category} />{' '}
            {template.category_change && (
              <Chip tone="warn" icon="⚠">
                {t('becomes', { to: categoryWords(template.category_change.to) })}
              </Chip>
            )}
          </Table.Td>
        </Table.Tr>
      ))}
    </Listing>
  )
}

export function Category({ of }: { of: string }) {
  return <>{useCategoryWords()(of)}</>
}

/** Meta's `GREEN` and its like, in words. */
export function Quality({ of }: { of: string | null | undefined }) {
  const t = useTranslations('qualities')
  if (!of) return <>–</>
  return <>{t.has(of as 'GREEN') ? t(of as 'GREEN') : of.toLowerCase()}</>
}
