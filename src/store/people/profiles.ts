import type { ContactId } from '../../domain/ids.ts'
import type { ContactProfile } from '../../domain/template.ts'
import { prepared, type Queryable } from '../pg/postgres.ts'

interface ProfileRow extends Omit<ContactProfile, 'attributes'> {
  id: ContactId
  /** As text: a caller's client may read JSON in its own way. */
  attributes: string
}

const selectProfiles = prepared<ProfileRow>(
  'contact_profiles',
  `select c.id::text as id, c.name, c.username, c.language, c.attributes::text as attributes
   from contacts c where c.id = any ($1::bigint[]) and c.erased_at is null`,
)

/** What templates are filled with. Asked for only where a message names a value of its contact. */
export async function readProfiles(
  client: Queryable,
  ids: readonly ContactId[],
): Promise<Map<ContactId, ContactProfile>> {
  if (ids.length === 0) return new Map()
  const rows = await selectProfiles(client, [[...new Set(ids)]])
  return new Map(rows.map(({ id, attributes, ...row }) => [id, { ...row, attributes: JSON.parse(attributes) }]))
}
