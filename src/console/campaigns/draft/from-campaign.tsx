import { Button, Select } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { type Campaign, campaignsQuery } from '../queries.ts'
import { type AudienceSource, Copied, useCopy } from './copying.tsx'

type FromCampaignSource = NonNullable<AudienceSource['from_campaign']>

/** By what became of them, as people ask for it. */
const WHOM = {
  everybody: {},
  sent: { states: ['sent'] },
  read: { states: ['sent'], read: true },
  unread: { states: ['sent'], read: false },
  undelivered: { states: ['sent'], delivered: false },
  failed: { states: ['failed', 'expired'] },
  cancelled: { states: ['cancelled'] },
} satisfies Record<string, Omit<FromCampaignSource, 'id'>>
type Whom = keyof typeof WHOM

/** The recipients of a campaign before. */
export function FromCampaign({ campaign }: { campaign: Campaign }) {
  const t = useTranslations('campaigns.fromCampaign')
  const list = useInfiniteQuery(campaignsQuery())
  const begun = (list.data?.pages.flatMap(({ data }) => data) ?? []).filter(
    ({ id, state }) => id !== campaign.id && state !== 'draft' && state !== 'scheduled',
  )
  const [id, setId] = useState<string | null>(null)
  const [whom, setWhom] = useState<Whom>('everybody')
  const copy = useCopy(campaign.id)
  if (list.data && begun.length === 0 && !list.hasNextPage) return <p className="hint">{t('none')}</p>
  return (
    <div className="told">
      <div className="bar">
        <Select
          label={t('which')}
          className="wide-field"
          searchable
          allowDeselect={false}
          data={begun.map(({ id, name }) => ({ value: id, label: name }))}
          value={id}
          onChange={setId}
          onDropdownOpen={() => list.hasNextPage && void list.fetchNextPage()}
        />
        <Select
          label={t('whom')}
          allowDeselect={false}
          data={(Object.keys(WHOM) as Whom[]).map((value) => ({ value, label: t(`whoms.${value}`) }))}
          value={whom}
          onChange={(chosen) => setWhom((chosen ?? 'everybody') as Whom)}
        />
        <Button
          variant={campaign.counts.total > 0 ? 'default' : 'filled'}
          disabled={id === null}
          loading={copy.isPending}
          onClick={() => id !== null && copy.mutate({ from_campaign: { id, ...WHOM[whom] } })}
        >
          {t('add')}
        </Button>
      </div>
      <Copied name={begun.find((one) => one.id === copy.variables?.from_campaign?.id)?.name ?? ''} copy={copy} />
    </div>
  )
}
