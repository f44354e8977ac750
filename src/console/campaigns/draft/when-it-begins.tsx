import { Radio, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { serverNow } from '../../time/server-clock.ts'
import { instantIn, useZone, wallIn } from '../../time/zones.ts'

const HOUR_MS = 3_600_000

/** At once, or at an instant; in the zone of the page, which it names. */
export function WhenItBegins({ sendAt, onChange }: { sendAt: string; onChange: (sendAt: string) => void }) {
  const t = useTranslations('campaigns')
  const zone = useZone()
  const [wall, setWall] = useState(sendAt === '' ? '' : wallIn(zone, sendAt))
  function write(local: string) {
    setWall(local)
    if (local !== '') onChange(instantIn(zone, local))
  }
  return (
    <div className="bar">
      <Radio.Group
        value={sendAt === '' ? 'now' : 'at'}
        aria-label={t('steps.when')}
        onChange={(chosen) => {
          if (chosen === 'now') onChange('')
          else write(wallIn(zone, new Date(serverNow() + HOUR_MS).toISOString()))
        }}
      >
        <div className="ways">
          <Radio value="now" label={t('begins.now')} description={t('begins.nowAbout')} />
          <Radio value="at" label={t('begins.at')} description={t('begins.atAbout')} />
        </div>
      </Radio.Group>
      {sendAt !== '' && (
        <TextInput
          type="datetime-local"
          label={t('begins.label', { zone })}
          value={wall}
          onChange={(event) => write(event.target.value)}
        />
      )}
    </div>
  )
}
