import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { toFailure } from '../../api/failure.ts'
import { useWho } from '../../api/session.ts'
import { LinkButton } from '../../parts/link-button.tsx'
import { Failed } from '../../parts/notice.tsx'
import { Page } from '../../parts/page.tsx'
import { useStillAt } from '../../parts/still-at.ts'
import { tellDone } from '../../parts/toast.tsx'
import { nameIn, onEditIn, STARTER } from '../document.ts'
import { applyFlow, type Flow, flowQuery, type OnEdit } from '../queries.ts'
import { Apply } from './apply.tsx'
import { useChecked } from './checking.ts'
import { Code, type CodeField } from './code.tsx'
import { Found } from './found.tsx'
import { Simulate } from './simulate.tsx'
import { withTakeOver } from './take-over.ts'

/** Writes a flow, or its next version. @param name null: a new one */
export function Editor({ name }: { name: string | null }) {
  const t = useTranslations('flows')
  const { data: flow, error } = useQuery({ ...flowQuery(name ?? ''), enabled: name !== null, staleTime: Infinity })
  return (
    <Page
      title={name ?? t('create')}
      actions={
        <LinkButton to="/flows" search={name === null ? {} : { name }} variant="default" size="xs">
          {name === null ? t('backToList') : t('backToFlow')}
        </LinkButton>
      }
    >
      {error && <Failed error={error} />}
      {(name === null || flow) && <Written flow={flow ?? null} />}
    </Page>
  )
}

function Written({ flow }: { flow: Flow | null }) {
  const t = useTranslations('flows')
  const isHere = useStillAt('/flows')
  const navigate = useNavigate()
  const queries = useQueryClient()
  const field = useRef<CodeField>(null)
  const { text, setText, forget } = useKept(flow)
  const checked = useChecked(text)
  const [isAsked, setAsked] = useState(false)
  const name = nameIn(text)
  const apply = useMutation({
    mutationFn: (onEdit: OnEdit | null) => applyFlow(name ?? '', text, onEdit),
    onSuccess({ version }) {
      forget()
      tellDone(t('applied', { name: name ?? '', version }))
      void queries.invalidateQueries({ queryKey: ['flow', name] })
      void queries.invalidateQueries({ queryKey: ['flows'] })
      if (isHere()) void navigate({ to: '/flows', search: { name: name ?? '' } })
    },
    onSettled: () => setAsked(false),
  })
  const failure = apply.error && toFailure(apply.error)
  const why = whyNot(checked, text, flow)
  return (
    <>
      <div className="flow-editor">
        <div className="told">
          <Code
            ref={field}
            label={t('document')}
            description={t('documentAbout')}
            text={text}
            minRows={16}
            onChange={setText}
          />
          <Found
            problems={failure?.problems.length ? failure.problems : checked.problems}
            warnings={checked.warnings}
            onLine={(line) => field.current?.show(line)}
          />
          {failure && failure.problems.length === 0 && <Failed error={failure} />}
          <div className="bar editor-foot">
            <Button disabled={why !== null} loading={apply.isPending} onClick={() => setAsked(true)}>
              {flow === null ? t('apply') : t('applyNext', { version: flow.version + 1 })}
            </Button>
            {flow !== null && text !== flow.source && (
              <Button variant="default" onClick={() => setText(flow.source)}>
                {t('asItIs')}
              </Button>
            )}
            <span className="hint">
              {why === null ? t('kept') : t(`notYet.${why}`, { count: checked.problems.length })}
            </span>
          </div>
        </div>
        <Simulate flow={name ?? ''} document={text} checked={checked} />
      </div>
      {isAsked && (
        <Apply
          name={name ?? ''}
          flow={flow}
          checked={checked}
          onEdit={onEditIn(text)}
          isBusy={apply.isPending}
          onTakeOver={(takeOver) => setText(withTakeOver(text, takeOver))}
          onApply={(onEdit) => apply.mutate(onEdit)}
          onClose={() => setAsked(false)}
        />
      )}
    </>
  )
}

/** A grey button says why. */
function whyNot({ problems, isOld }: ReturnType<typeof useChecked>, text: string, flow: Flow | null) {
  if (problems.length > 0) return 'problems'
  if (isOld) return 'checking'
  if (text === flow?.source) return 'same'
  return nameIn(text) === null ? 'name' : null
}

const PREFIX = 'casement-flow-draft:'

/** What is written stays in the browser until it was applied. */
function useKept(flow: Flow | null) {
  const { session } = useWho()
  const key = `${PREFIX}${session.workspace}:${flow?.name ?? ''}`
  const first = flow?.source ?? STARTER
  const [text, setText] = useState(() => localStorage.getItem(key) ?? first)
  const [isDone, setDone] = useState(false)
  useEffect(() => {
    if (isDone || text === first) localStorage.removeItem(key)
    else localStorage.setItem(key, text)
  }, [key, text, first, isDone])
  return { text, setText, forget: () => setDone(true) }
}
