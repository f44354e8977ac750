import { Button, Drawer } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslations } from 'use-intl'
import { usePolling } from '../api/queries.ts'
import { useMaySend } from '../api/session.ts'
import { Copy } from '../parts/copy.tsx'
import { useFocusBack } from '../parts/focus-back.ts'
import { Happened, History } from '../parts/history.tsx'
import { Failed } from '../parts/notice.tsx'
import { tellFailure } from '../parts/toast.tsx'
import { When } from '../time/when.tsx'
import { useReasonWords } from '../whatsapp/reasons.ts'
import { Ticks } from '../whatsapp/ticks.tsx'
import { wordsOf } from '../whatsapp/words-of.ts'
import { carryOut, type Deed, deedsFor } from './deeds.ts'
import { type Attempt, type Decision, type IntentStory, intentQuery } from './queries.ts'
import { StateChip } from './state-chip.tsx'

/** What happened to one intent, in order, from recorded facts. */
export function Story({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useTranslations('intents')
  useFocusBack()
  const { data: intent, error } = useQuery({ ...intentQuery(id), refetchInterval: usePolling(3_000) })
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      title={t('story')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {error && <Failed error={error} />}
      {intent && <Told intent={intent} />}
    </Drawer>
  )
}

function Told({ intent }: { intent: IntentStory }) {
  const t = useTranslations('intents')
  const creators = useTranslations('intents.creators')
  const reasons = useReasonWords()
  const { template, text } = wordsOf(intent.message)
  const contact = intent.to.wa_id ?? intent.to.user_id ?? ''
  return (
    <div className="told">
      <p>
        <StateChip state={intent.state} /> {intent.reason && reasons(intent.reason)}
      </p>
      <p>
        <code>{intent.id}</code> <Copy text={intent.id} />
      </p>
      <div className="bubble bubble-ours">
        {template && <span className="bubble-kind">{template}</span>}
        <div className="bubble-text">{text}</div>
      </div>
      <Facts intent={intent} />
      <History>
        <Happened at={intent.created_at}>
          {t('accepted', { who: intent.created_by?.name ?? creators(intent.created_by?.kind ?? 'system') })}
        </Happened>
        {entriesOf(intent).map((entry) =>
          'facts' in entry ? (
            <DecisionEntry key={`d${entry.at}`} decision={entry} />
          ) : (
            <AttemptEntry key={entry.id} attempt={entry} />
          ),
        )}
      </History>
      <Related intent={intent} />
      <Actions intent={intent} />
      <p>
        <Link to="/whatsapp" search={{ chat: `${intent.sender}/${contact}` }}>
          {t('conversation')}
        </Link>
      </p>
      <details>
        <summary>{t('asJson')}</summary>
        <pre className="json">{JSON.stringify(intent, null, 2)}</pre>
      </details>
    </div>
  )
}

function entriesOf({ decisions, attempts }: IntentStory): (Decision | Attempt)[] {
  const at = (entry: Decision | Attempt) => Date.parse('facts' in entry ? entry.at : entry.started_at)
  return [...decisions, ...attempts].toSorted((a, b) => at(a) - at(b))
}

function Facts({ intent }: { intent: IntentStory }) {
  const t = useTranslations('intents')
  const { due_at, expires_at, idempotency_key, delivery_status, cost } = intent
  const isWaiting = intent.state === 'held' || intent.state === 'scheduled'
  return (
    <dl className="facts">
      {due_at && isWaiting && (
        <>
          <dt>{t('due')}</dt>
          <dd>
            <When at={due_at} full />
          </dd>
        </>
      )}
      {isWaiting && (
        <>
          <dt>{t('expires')}</dt>
          <dd>
            <When at={expires_at} full />
          </dd>
        </>
      )}
      {delivery_status && (
        <>
          <dt>{t('delivery')}</dt>
          <dd>
            <Ticks status={delivery_status} withWord />
          </dd>
        </>
      )}
      {cost && (
        <>
          <dt>{t('cost')}</dt>
          <dd>
            <CostWords cost={cost} />
          </dd>
        </>
      )}
      {idempotency_key && (
        <>
          <dt>{t('key')}</dt>
          <dd>{idempotency_key}</dd>
        </>
      )}
    </dl>
  )
}

/** As Meta told it, in the language of the page where it is known. */
function CostWords({ cost: { category, type } }: { cost: NonNullable<IntentStory['cost']> }) {
  const categories = useTranslations('categories')
  const types = useTranslations('pricingTypes')
  const known = category?.toLowerCase() as 'utility'
  const words = [
    category && (categories.has(known) ? categories(known) : category),
    type && (types.has(type as 'regular') ? types(type as 'regular') : type),
  ]
  return <>{words.filter(Boolean).join(', ')}</>
}

function DecisionEntry({ decision: { at, kind, reason, facts } }: { decision: Decision }) {
  const t = useTranslations('intents')
  const kinds = useTranslations('intents.decisions')
  const reasons = useReasonWords()
  return (
    <Happened at={at} what={t('decided', { kind: kinds.has(kind) ? kinds(kind) : kind })}>
      · {reasons(reason)}
      <details>
        <summary>{t('facts')}</summary>
        <pre className="json">{JSON.stringify(facts, null, 2)}</pre>
      </details>
    </Happened>
  )
}

function AttemptEntry({ attempt: { started_at, outcome, error, wamid } }: { attempt: Attempt }) {
  const t = useTranslations('intents')
  const outcomes = useTranslations('intents.outcomes')
  return (
    <Happened at={started_at} what={t('attempt', { outcome: outcome === null ? t('open') : outcomes(outcome) })}>
      {error && (
        <div>
          {error.message ?? error.why} {error.code !== undefined && <small>({error.code})</small>}
        </div>
      )}
      {wamid && (
        <div>
          <code>{wamid}</code> <Copy text={wamid} />
        </div>
      )}
    </Happened>
  )
}

function Related({ intent: { follow_up, follow_up_of } }: { intent: IntentStory }) {
  const t = useTranslations('intents')
  const other = follow_up?.id ?? follow_up_of
  if (other === null || other === undefined) return null
  return (
    <p>
      <Link to="/intents" search={(former) => ({ ...former, id: other })}>
        {follow_up ? t('followUp') : t('followUpOf')}
      </Link>
    </p>
  )
}

function Actions({ intent: { id, state } }: { intent: IntentStory }) {
  const t = useTranslations('intents')
  const maySend = useMaySend()
  const queries = useQueryClient()
  const act = useMutation({
    mutationFn: (deed: Deed) => carryOut(deed, id),
    onError: tellFailure,
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['intent', id] })
      void queries.invalidateQueries({ queryKey: ['intents'] })
    },
  })
  if (!maySend) return null
  return (
    <div className="card-actions">
      {deedsFor(state).map((deed) => (
        <Button key={deed} size="xs" variant="default" loading={act.isPending} onClick={() => act.mutate(deed)}>
          {t(deed)}
        </Button>
      ))}
    </div>
  )
}
