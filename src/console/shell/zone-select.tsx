import { Select } from '@mantine/core'
import { useTranslations } from 'use-intl'
import { browserZone, chooseZone, useZone } from '../time/zones.ts'

const ZONES = [...new Set(['UTC', browserZone, ...Intl.supportedValuesOf('timeZone')])]

/** Every zone that the browser knows, by part of its name. */
export function ZoneSelect() {
  const t = useTranslations('shell')
  const zone = useZone()
  return (
    <Select
      label={t('zone')}
      data={ZONES}
      value={zone}
      searchable
      limit={60}
      allowDeselect={false}
      onChange={(chosen) => chosen && chooseZone(chosen)}
      comboboxProps={{ withinPortal: false }}
    />
  )
}
