import { Button, Menu } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { api, dataOf, urlOf } from '../api/client.ts'
import { useMaySend } from '../api/session.ts'
import { Confirm } from '../parts/confirm.tsx'
import { tellFailure } from '../parts/toast.tsx'
import { doneOf } from './counting.ts'
import type { Campaign, CampaignState } from './queries.ts'

/** A pause is wanted in a hurry and taken back as easily: it alone asks nothing in return. */
type Asked = 'resume' | 'cancel'
type Command = 'pause' | Asked

const MAY: Record<CampaignState, readonly Command[]> = {
  draft: ['cancel'],
  scheduled: ['pause', 'cancel'],
  running: ['pause', 'cancel'],
  paused: ['resume', 'cancel'],
  finished: [],
  cancelled: [],
}

/** What may be done to it now, and what became of everybody to take along. */
export function Deeds({ campaign }: { campaign: Campaign }) {
  const t = useTranslations('campaigns')
  const maySend = useMaySend()
  const queries = useQueryClient()
  const [asked, setAsked] = useState<Asked | null>(null)
  const { id, state, counts } = campaign
  const left = counts.total - doneOf(counts)
  const act = useMutation({
    mutationFn: (command: Command) => dataOf(api.POST(`/v1/campaigns/{id}/${command}`, { params: { path: { id } } })),
    onError: tellFailure,
    onSettled: () => {
      setAsked(null)
      void queries.invalidateQueries({ queryKey: ['campaign', id] })
      void queries.invalidateQueries({ queryKey: ['campaigns'] })
    },
  })
  return (
    <>
      {maySend &&
        MAY[state].map((command) => (
          <Button
            key={command}
            size="xs"
            variant={command === 'resume' ? 'filled' : 'default'}
            loading={act.isPending && act.variables === command}
            onClick={() => (command === 'pause' ? act.mutate(command) : setAsked(command))}
          >
            {t(`deeds.${command}`)}
          </Button>
        ))}
      {counts.total > 0 && <Download id={id} />}
      {asked && (
        <Confirm
          title={t(`confirm.${asked}`, { count: left })}
          go={t(`go.${asked}`)}
          isBusy={act.isPending}
          onGo={() => act.mutate(asked)}
          onClose={() => setAsked(null)}
        >
          {t(`confirmAbout.${asked}`)}
        </Confirm>
      )}
    </>
  )
}

/** What became of everybody, in the two forms that programs and spreadsheets read. */
function Download({ id }: { id: string }) {
  const t = useTranslations('campaigns')
  return (
    <Menu>
      <Menu.Target>
        <Button size="xs" variant="default">
          {t('download')} ▾
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(['csv', 'ndjson'] as const).map((format) => (
          <Menu.Item
            key={format}
            component="a"
            href={urlOf(`/v1/campaigns/${id}/recipients.${format}`)}
            download={`recipients.${format}`}
          >
            {t(`downloads.${format}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
