import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslations } from 'use-intl'
import { useMaySend } from '../api/session.ts'
import { LinkButton } from '../parts/link-button.tsx'
import { Failed } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { useStillAt } from '../parts/still-at.ts'
import { Deeds } from './deeds.tsx'
import { EditDraft } from './draft/edit-draft.tsx'
import { NewCampaign } from './draft/new-campaign.tsx'
import { List } from './list.tsx'
import { Progress } from './progress.tsx'
import { campaignQuery } from './queries.ts'
import { CampaignChip } from './state-chip.tsx'

/** One message to a list of people: all campaigns, the one that is open, or the one that is begun. */
export function Campaigns() {
  const t = useTranslations('campaigns')
  const { id, edit } = useSearch({ from: '/campaigns' })
  const maySend = useMaySend()
  if (id !== undefined) return <One key={id} id={id} />
  if (edit === 'new' && maySend) {
    return (
      <Page title={t('create')} actions={<ToList />}>
        <NewCampaign />
      </Page>
    )
  }
  return <List />
}

function One({ id }: { id: string }) {
  const t = useTranslations('campaigns')
  const navigate = useNavigate()
  const maySend = useMaySend()
  const { data: campaign, error, refetch } = useQuery(campaignQuery(id))
  const isHere = useStillAt('/campaigns')
  const openChild = (child: string) => {
    if (isHere()) void navigate({ to: '/campaigns', search: { id: child } })
  }
  return (
    <Page title={campaign?.name ?? t('one')} actions={<ToList />}>
      {error && !campaign && <Failed error={error} onRetry={() => void refetch()} />}
      {campaign && (
        <>
          <div className="bar campaign-head">
            <CampaignChip state={campaign.state} />
            {campaign.parent && (
              <Button
                size="compact-xs"
                variant="subtle"
                onClick={() => void navigate({ to: '/campaigns', search: { id: campaign.parent as string } })}
              >
                {t('parent')}
              </Button>
            )}
            <Deeds campaign={campaign} />
          </div>
          {campaign.state === 'draft' && maySend ? (
            <EditDraft campaign={campaign} />
          ) : (
            <Progress campaign={campaign} onRetried={openChild} />
          )}
        </>
      )}
    </Page>
  )
}

function ToList() {
  const t = useTranslations('campaigns')
  return (
    <LinkButton to="/campaigns" search={{}} variant="default" size="xs">
      {t('backToList')}
    </LinkButton>
  )
}
