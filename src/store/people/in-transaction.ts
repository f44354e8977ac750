import type pg from 'pg'
import type { ToldIdentity } from '../../domain/identity.ts'
import type { ContactId, WorkspaceId } from '../../domain/ids.ts'
import { boundTo } from '../pg/bound.ts'
import type { Db } from '../pg/postgres.ts'
import { resumeMarketing, stopMarketing } from './consents.ts'
import { enrichContact } from './identities.ts'
import { lockPeople, shareLive } from './lock.ts'
import type { OptOutBook } from './opt-outs.ts'
import { contactReached, recipientsReached } from './reachability.ts'
import { recognisePerson } from './recognise.ts'
import { forgetTold, noteTold, takeTold } from './told.ts'
import { contactLanguage, liftOptOut, recordOptOut, typedAfter } from './wishes.ts'

/** People, as a transaction of the inbox knows and changes them. */
export function peopleIn(trx: Db, client: pg.PoolClient, optOuts: OptOutBook) {
  const on = boundTo(trx)
  return {
    recognise: ({ workspace }: { workspace: WorkspaceId }, told: ToldIdentity[], speaker: ContactId | null) =>
      recognisePerson(trx, workspace, told, speaker, optOuts),
    lock: on(lockPeople),
    shareLive: on(shareLive),
    enrich: on(enrichContact),
    reached: on(contactReached),
    recipientsReached: on(recipientsReached),
    stopMarketing: on(stopMarketing),
    resumeMarketing: on(resumeMarketing),
    optOut: on(recordOptOut),
    liftOptOut: on(liftOptOut),
    async typedAfter(...asked: [Parameters<typeof typedAfter>[1], Parameters<typeof typedAfter>[2]]) {
      const typed = await typedAfter(trx, ...asked)
      return typed.map(({ text, ...message }) => ({ ...message, said: { typed: text, tapped: null } }))
    },
    languageOf: on(contactLanguage),
    noteTold: boundTo(client)(noteTold),
    takeTold: on(takeTold),
    forgetTold: on(forgetTold),
  }
}
