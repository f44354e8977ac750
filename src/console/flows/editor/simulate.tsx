import { useEffect, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { useWho } from '../../api/session.ts'
import { Chip } from '../../parts/chip.tsx'
import { Notice } from '../../parts/notice.tsx'
import { useWhen } from '../../time/when.tsx'
import { STARTER_SCRIPT } from '../document.ts'
import { useOutcomeWords } from '../outcomes.ts'
import type { Simulation } from '../queries.ts'
import { useWhyWords } from '../why.ts'
import { type Checked, useSimulation } from './checking.ts'
import { Code, type CodeField } from './code.tsx'
import { Found } from './found.tsx'

const ADDED = {
  reply: '  - { after: 1h, reply: "Yes" }\n',
  tap: '  - { after: 1h, tap: "Yes" }\n',
  event: '  - { after: 1h, event: paid }\n',
  optOut: '  - { after: 1h, opt_out: true }\n',
} as const

/** Plays the document against a scripted customer, in no time and without a message. */
export function Simulate({ flow, document, checked }: { flow: string; document: string; checked: Checked }) {
  const t = useTranslations('flows')
  const field = useRef<CodeField>(null)
  const [script, setScript] = useKeptScript(flow)
  const isWrong = checked.problems.length > 0
  const played = useSimulation(document, script, !isWrong && !checked.isOld)
  const ofScript =
    played?.ok === false && !isWrong ? played.problems.filter(({ path }) => !path?.startsWith('document')) : []
  const add = (text: string) =>
    setScript(
      `${/^events:/m.test(script) ? script.replace(/\n*$/, '\n') : `${script.replace(/\n*$/, '\n')}events:\n`}${text}`,
    )
  return (
    <section className="told" aria-label={t('simulate')}>
      <Code
        ref={field}
        label={t('script')}
        description={t('scriptAbout')}
        text={script}
        minRows={5}
        onChange={setScript}
      />
      <div className="bar">
        {(['reply', 'tap', 'event', 'optOut'] as const).map((name) => (
          <button key={name} type="button" className="filter" onClick={() => add(ADDED[name])}>
            + {t(`adds.${name}`)}
          </button>
        ))}
      </div>
      {ofScript.length > 0 && <Found problems={ofScript} onLine={(line) => field.current?.show(line)} />}
      {(isWrong || (played?.ok === false && ofScript.length === 0)) && <p className="hint">{t('mendFirst')}</p>}
      {played?.ok && !isWrong && <Transcript simulation={played.simulation} />}
    </section>
  )
}

function Transcript({ simulation: { transcript, ended, expect } }: { simulation: Simulation }) {
  const t = useTranslations('flows')
  const happenings = useTranslations('flows.happenings')
  const outcomes = useOutcomeWords()
  const categories = useTranslations('categories')
  const when = useWhen()
  const whyWords = useWhyWords()
  const priceWords = (price: string) => {
    if (price === 'free') return t('free')
    return categories.has(price as 'utility') ? categories(price as 'utility') : price
  }
  return (
    <>
      <ol className="story transcript" aria-label={t('transcript')}>
        {transcript.map(({ at, local, step, what, text, as, price, window, why, why_code, why_values }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: it is played anew as a whole
          <li key={index} className={step === null ? 'by-customer' : undefined}>
            <time dateTime={at} title={local}>
              {when.full(at)}
            </time>{' '}
            <strong>{happenings.has(what as 'sent') ? happenings(what as 'sent') : what}</strong>{' '}
            {step !== null && <code>{step}</code>}{' '}
            <Chip tone={window.open ? 'good' : 'quiet'}>{window.open ? t('windowOpen') : t('windowClosed')}</Chip>
            {as && (
              <>
                {' '}
                <Chip tone="info">{[t(`as.${as}`), price && priceWords(price)].filter(Boolean).join(' · ')}</Chip>
              </>
            )}
            {text !== '' && <div>“{text}”</div>}
            {why !== '' && <div className="hint">{whyWords({ text: why, code: why_code, values: why_values })}</div>}
          </li>
        ))}
      </ol>
      <p>{ended === null ? t('stillWaits') : t('endedAs', { outcome: outcomes(ended.outcome) })}</p>
      {expect && (
        <Notice tone={expect.met ? 'good' : 'bad'} title={expect.met ? t('expected') : t('notExpected')}>
          {expect.diff.map((line) => (
            <div key={line}>{line}</div>
          ))}
        </Notice>
      )}
    </>
  )
}

const PREFIX = 'casement-flow-script:'

/** By the flow's name: the customer that one tries it on is the same tomorrow. */
function useKeptScript(flow: string) {
  const { session } = useWho()
  const key = `${PREFIX}${session.workspace}:${flow}`
  const [script, setScript] = useState(() => localStorage.getItem(key) ?? STARTER_SCRIPT)
  useEffect(() => {
    if (script === STARTER_SCRIPT) localStorage.removeItem(key)
    else localStorage.setItem(key, script)
  }, [key, script])
  return [script, setScript] as const
}
