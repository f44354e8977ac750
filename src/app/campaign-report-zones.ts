import { sendersOf } from '../domain/campaign/senders.ts'
import { hasTurns, type Turns, turnsOf } from '../domain/campaign/turns.ts'
import { type Identity, identityOfBsuid, identityOfNumber } from '../domain/identity.ts'
import type { ContactId, PhoneNumberId } from '../domain/ids.ts'
import type { CampaignRead } from '../store/campaigns/campaigns.ts'
import type { ListShape } from '../store/campaigns/feeding.ts'
import { type RecipientRead, readNumbersOf, readOwnZones } from '../store/campaigns/report.ts'
import { findOwners } from '../store/people/resolve.ts'
import { databaseNow } from '../store/pg/clock.ts'
import type { Db } from '../store/pg/postgres.ts'
import { listedZoneOf } from '../usecases/campaign-turns.ts'

/* By whose clocks those of a list are written to, where it makes a difference. */

/** Of each of these lines. */
export type ZonesTold = (page: readonly RecipientRead[]) => Promise<string[]>

export function tellsZones({ document }: Pick<CampaignRead, 'document'>): boolean {
  return hasTurns(document)
}

export async function zonesTold(db: Db, campaign: CampaignRead, shapes: readonly ListShape[]): Promise<ZonesTold> {
  const { document, workspace } = campaign
  const now = await databaseNow(db)
  const numbers = await readNumbersOf(db, campaign.row)
  const turns = new Map<string, Turns>(
    numbers.map(({ sender, zone }) => [sender, turnsOf(document, campaign.started_at ?? now, zone)]),
  )
  const portfolio = numbers[0]?.portfolio ?? ''
  const first = turnsOf(document, campaign.started_at ?? now, null)
  const [given] = sendersOf(document)

  return async (page) => {
    const identities = page.map(({ recipient }) => (recipient === '' ? null : identityOf(recipient, portfolio)))
    const owners = await findOwners(
      db,
      workspace,
      identities.filter((one) => one !== null),
    )
    const owner = identities.map((one) => (one === null ? undefined : owners.get(`${one.scope} ${one.key}`)))
    const zones = await readOwnZones(db, [...new Set(owner.filter((one) => one !== undefined))])
    return page.map((one, nth) => {
      if (one.recipient === '') return ''
      const shape = shapes.find(({ upload }) => upload === one.upload)
      const who = {
        contact: zones.get(owner[nth] as ContactId) ?? null,
        listed: shape ? listedZoneOf(shape, one) : null,
        id: one.recipient,
      }
      const ofNumber = turns.get(one.sender ?? (given?.sender as PhoneNumberId)) ?? first
      return ofNumber.zonesOf(who, now).zones.join(' ')
    })
  }
}

function identityOf(recipient: string, portfolio: string): Identity {
  return /^\d/.test(recipient)
    ? identityOfNumber(recipient as Parameters<typeof identityOfNumber>[0])
    : identityOfBsuid(recipient as Parameters<typeof identityOfBsuid>[0], portfolio)
}
