import type { Purview } from '../domain/access.ts'
import type { Doer } from '../domain/audit.ts'
import { type CampaignDocument, checkDocument } from '../domain/campaign/document.ts'
import { numbersOf } from '../domain/campaign/senders.ts'
import type { PhoneNumberId } from '../domain/ids.ts'
import type { CampaignFacts, CampaignRead } from '../store/campaigns/campaigns.ts'
import { type Answer, done, invalid, refused, unknown } from './answer.ts'
import { decodeCursor, type Page, pageOf } from './paging.ts'

/* Campaigns as drafts: what is to be said, by whom. Who is written to is import-audience.ts. */

/** What a draft is made of; checked as a whole. */
export interface CampaignInput {
  name: string
  [member: string]: unknown
}

export interface ManageCampaignsIo {
  /** Of those of these numbers that are linked and in the purview. */
  portfolios(purview: Purview, numbers: PhoneNumberId[]): Promise<ReadonlyMap<PhoneNumberId, string>>
  create(doer: Doer, name: string, document: CampaignDocument): Promise<CampaignRead>
  read(purview: Purview, id: string): Promise<CampaignRead | null>
  /** @param name null: all */
  list(purview: Purview, name: string | null, before: number | null, limit: number): Promise<CampaignRead[]>
  /** Locks it, and writes what `change` makes of it; a refusal changes nothing. Null when there is none. */
  change(
    doer: Doer,
    id: string,
    change: (campaign: CampaignFacts) => Promise<Answer<{ name: string; document: CampaignDocument }>>,
  ): Promise<Answer<CampaignRead> | null>
}

export async function createCampaign(
  io: ManageCampaignsIo,
  caller: Doer,
  { name, ...given }: CampaignInput,
): Promise<Answer<CampaignRead>> {
  const checked = await check(io, caller, given)
  return checked.ok ? done(await io.create(caller, name, checked.value)) : checked
}

/** Members that are named replace those of before, null takes one out. The whole is checked again. Of what is no draft only some. */
export async function updateCampaign(
  io: ManageCampaignsIo,
  caller: Doer,
  id: string,
  patch: Record<string, unknown>,
): Promise<Answer<CampaignRead>> {
  const changed = await io.change(caller, id, async (campaign) => {
    const refusal = campaign.state === 'draft' ? null : refusalAfterStart(campaign, patch)
    if (refusal) return refusal
    const { name = campaign.name, ...members } = patch
    const given = Object.entries({ ...campaign.document, ...members }).filter(([, value]) => value !== null)
    const checked = await check(io, caller, Object.fromEntries(given))
    return checked.ok ? done({ name: name as string, document: checked.value }) : checked
  })
  return changed ?? unknownCampaign(id)
}

/** What may be changed while it runs, or is paused: nothing that anybody was told, counted or shown. */
const WHILE_IT_RUNS: ReadonlySet<string> = new Set(['budget', 'pause_when'])

function refusalAfterStart(campaign: CampaignFacts, patch: Record<string, unknown>): Answer<never> | null {
  const isOver = campaign.state === 'finished' || campaign.state === 'cancelled'
  if (isOver || Object.keys(patch).some((member) => !WHILE_IT_RUNS.has(member))) return notDraft(campaign)
  if (patch.budget == null || campaign.document.budget !== undefined) return null
  // For those who are on their way nothing is laid aside.
  const message = `expected the budget of campaign ${campaign.id} to stand in its draft: it may be changed or taken away now, and not be added`
  return refused({ status: 409, code: 'wrong_state', message, field: 'budget' })
}

async function check(
  io: ManageCampaignsIo,
  purview: Purview,
  given: Record<string, unknown>,
): Promise<Answer<CampaignDocument>> {
  const checked = checkDocument(given)
  if (!checked.ok) return invalid(checked.field, checked.message)
  const numbers = numbersOf(checked.document)
  const portfolios = await io.portfolios(purview, numbers)
  const pathOf = (nth: number) => (checked.document.senders === undefined ? 'sender' : `senders.${nth}.sender`)
  const strange = numbers.findIndex((number) => !portfolios.has(number))
  if (strange !== -1) {
    const path = pathOf(strange)
    return invalid(path, `expected ${path} to be a linked phone_number_id, got ${numbers[strange]}`)
  }
  const apart = numbers.findIndex((number) => portfolios.get(number) !== portfolios.get(numbers[0] as PhoneNumberId))
  if (apart === -1) return done(checked.document)
  return invalid(
    pathOf(apart),
    `expected ${pathOf(apart)} to be of the business portfolio of the first, got ${numbers[apart]}`,
  )
}

export async function getCampaign(io: ManageCampaignsIo, purview: Purview, id: string): Promise<Answer<CampaignRead>> {
  const campaign = await io.read(purview, id)
  return campaign ? done(campaign) : unknownCampaign(id)
}

export interface CampaignsQuery {
  /** Exactly so. */
  name?: string | null | undefined
  cursor?: string | undefined
  limit: number
}

/** Newest first. */
export async function listCampaigns(
  io: ManageCampaignsIo,
  purview: Purview,
  { name = null, cursor, limit }: CampaignsQuery,
): Promise<Answer<Page<CampaignRead>>> {
  const from = decodeCursor(cursor, isRow)
  if (!from.ok) return from
  const rows = await io.list(purview, name, from.value?.[0] ?? null, limit + 1)
  return done(pageOf(rows, limit, ({ row }) => [row]))
}

function isRow(key: readonly unknown[]): key is readonly [number] {
  return key.length === 1 && Number.isInteger(key[0]) && Math.abs(key[0] as number) <= 2_147_483_647
}

export function notDraft<T>({ id, state }: Pick<CampaignFacts, 'id' | 'state'>): Answer<T> {
  const message = `expected campaign ${id} to be a draft, got one that is ${state}`
  return refused({ status: 409, code: 'wrong_state', message })
}

export function unknownCampaign<T>(id: string): Answer<T> {
  return unknown('campaign_unknown', `campaign ${id}`)
}
