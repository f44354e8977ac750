import { Button, Select, Switch, Textarea } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { api, dataOf } from '../api/client.ts'
import type { components } from '../api/schema.d.ts'
import { useWho } from '../api/session.ts'
import { Budget } from '../costs/budget.tsx'
import { Failed } from '../parts/notice.tsx'
import { tellDone, tellFailure } from '../parts/toast.tsx'
import { linesOf, linesOfReplies, repliesIn, wordsIn } from './words.ts'

type Settings = components['schemas']['Workspace']

/** Which words stop and start marketing, and the rules that hold for everybody in the workspace. */
export function Workspace() {
  const t = useTranslations('settings')
  const { session } = useWho()
  const params = { path: { id: session.workspace } }
  const queries = useQueryClient()
  const { data, error } = useQuery({
    queryKey: ['workspace', session.workspace],
    queryFn: () => dataOf(api.GET('/v1/workspaces/{id}', { params })),
  })
  const change = useMutation({
    mutationFn: (body: Record<string, unknown>) => dataOf(api.PATCH('/v1/workspaces/{id}', { params, body })),
    onError: tellFailure,
    onSuccess: () => tellDone(t('saved')),
    onSettled: () => queries.invalidateQueries({ queryKey: ['workspace', session.workspace] }),
  })
  if (error) return <Failed error={error} />
  if (!data) return null
  const save = (body: Record<string, unknown>) => change.mutate(body)
  return (
    <>
      <StopWords key={JSON.stringify(data)} settings={data} isSaving={change.isPending} onSave={save} />
      <div className="cards">
        <Rules settings={data} onSave={save} />
        <Budget budget={data.budget} isSaving={change.isPending} onSave={(budget) => save({ budget })} />
      </div>
    </>
  )
}

interface PartProps {
  settings: Settings
  onSave(body: Record<string, unknown>): void
}

function StopWords({ settings, isSaving, onSave }: PartProps & { isSaving: boolean }) {
  const t = useTranslations('settings')
  const [stop, setStop] = useState(linesOf(settings.stop_words))
  const [start, setStart] = useState(linesOf(settings.start_words))
  const [buttons, setButtons] = useState(settings.stop_buttons.join('\n'))
  const [reply, setReply] = useState(linesOfReplies(settings.stop_reply))
  return (
    <form
      className="step"
      onSubmit={(event) => {
        event.preventDefault()
        const replies = repliesIn(reply)
        onSave({
          stop_words: wordsIn(stop),
          start_words: wordsIn(start),
          stop_buttons: buttons
            .split('\n')
            .map((line) => line.trim())
            .filter((line) => line !== ''),
          stop_reply: Object.keys(replies).length === 0 ? null : replies,
        })
      }}
    >
      <h2>{t('stopWords')}</h2>
      <p className="hint">{t('stopAbout')}</p>
      <Textarea
        label={t('stop')}
        description={t('perLanguage')}
        autosize
        minRows={2}
        maxRows={9}
        value={stop}
        onChange={(e) => setStop(e.target.value)}
      />
      <Textarea
        label={t('start')}
        autosize
        minRows={2}
        maxRows={9}
        value={start}
        onChange={(e) => setStart(e.target.value)}
      />
      <Textarea
        label={t('stopButtons')}
        description={t('perLine')}
        autosize
        minRows={2}
        maxRows={9}
        value={buttons}
        onChange={(e) => setButtons(e.target.value)}
      />
      <Textarea
        label={t('stopReply')}
        description={t('replyHint')}
        autosize
        minRows={2}
        maxRows={9}
        value={reply}
        onChange={(e) => setReply(e.target.value)}
      />
      <div className="card-actions">
        <Button type="submit" loading={isSaving}>
          {t('save')}
        </Button>
        <Button
          variant="default"
          onClick={() => onSave({ stop_words: null, start_words: null, stop_buttons: null, stop_reply: null })}
        >
          {t('asShipped')}
        </Button>
      </div>
    </form>
  )
}

function Rules({ settings, onSave }: PartProps) {
  const t = useTranslations('settings')
  return (
    <section className="step">
      <h2>{t('rules')}</h2>
      <Select
        label={t('onCategoryChange')}
        allowDeselect={false}
        data={(['go_on', 'hold'] as const).map((value) => ({ value, label: t(`categoryChange.${value}`) }))}
        value={settings.on_category_change}
        onChange={(on_category_change) => onSave({ on_category_change })}
      />
      <Switch
        label={t('requireTotp')}
        checked={settings.require_totp}
        onChange={(event) => onSave({ require_totp: event.target.checked })}
      />
    </section>
  )
}
