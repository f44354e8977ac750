import { Radio, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { serverNow } from '../../time/server-clock.ts'
import { useZone, wallIn } from '../../time/zones.ts'
import type { SendAt } from './form.ts'

const HOUR_MS = 3_600_000
const RECIPIENT = 'recipient'

interface Props {
  sendAt: SendAt
  /** Of the API. */
  wrong: string | undefined
  onChange(sendAt: SendAt): void
}

/** At once, at a time of the zone of the page, which it names, or at that time of each recipient's own clock. */
export function WhenItBegins({ sendAt, wrong, onChange }: Props) {
  const t = useTranslations('campaigns')
  const here = useZone()
  const way = sendAt === '' ? 'now' : typeof sendAt === 'object' && sendAt.time_zone === RECIPIENT ? 'own' : 'at'
  const zone = typeof sendAt === 'object' && way === 'at' ? sendAt.time_zone : here
  const [local, setLocal] = useState(() => wallOf(sendAt, here))
  /** A field that is emptied while it is typed in is no other time. */
  function write(wall: string, time_zone: string) {
    setLocal(wall)
    if (wall !== '') onChange({ local: wall, time_zone })
  }
  function choose(chosen: string) {
    if (chosen === 'now') return onChange('')
    const soon = wallIn(here, new Date(serverNow() + HOUR_MS).toISOString())
    write(local || soon, chosen === 'own' ? RECIPIENT : here)
  }
  return (
    <>
      <Radio.Group value={way} aria-label={t('steps.when')} onChange={choose}>
        <div className="ways">
          {(['now', 'at', 'own'] as const).map((one) => (
            <Radio key={one} value={one} label={t(`begins.${one}`)} description={t(`begins.${one}About`)} />
          ))}
        </div>
      </Radio.Group>
      {way !== 'now' && (
        <TextInput
          type="datetime-local"
          className="short-field"
          required
          label={way === 'own' ? t('begins.ownLabel') : t('begins.label', { zone })}
          value={local}
          onChange={(event) => write(event.target.value, way === 'own' ? RECIPIENT : zone)}
          error={wrong}
        />
      )}
    </>
  )
}

/** As a field for date and time has it. */
function wallOf(sendAt: SendAt, zone: string): string {
  if (typeof sendAt === 'object') return sendAt.local.slice(0, 16)
  return sendAt === '' ? '' : wallIn(zone, sendAt)
}
