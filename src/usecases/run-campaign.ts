import type { Doer } from '../domain/audit.ts'
import { type BlockerFacts, cheapBlockers } from '../domain/campaign/blockers.ts'
import {
  CAMPAIGN_LIFECYCLE,
  type CampaignCommand,
  type CampaignState,
  STOPS_AGAIN,
  wrongCommand,
} from '../domain/campaign/lifecycle.ts'
import type { CampaignFacts } from '../store/campaigns/campaigns.ts'
import { type Answer, done, refused } from './answer.ts'
import { unknownCampaign } from './manage-campaigns.ts'

/* Starting, pausing, resuming and cancelling: one row of the campaign, whatever its size. What was asked for already is no mistake. */

/** Of one transaction. */
export interface RunTrx {
  /** Locked until the end. */
  campaign: CampaignFacts
  /** Something of it is still to come. */
  isUnderWay(): Promise<boolean>
  /** An upload comes in. */
  isUploading(): Promise<boolean>
  /** What stands in the way is looked for in. */
  blockerFacts(): Promise<BlockerFacts>
  /** What else the estimate of the list as it is found; null where there is none. */
  estimateBlockers(): Promise<readonly { code: string; text: string }[] | null>
  /** Moves it; answers whether it moved. */
  command(command: CampaignCommand): Promise<boolean>
  state(): Promise<CampaignState>
}

export interface RunIo {
  /** Null where there is no such campaign. The deed is recorded where it was `done`. */
  within(
    doer: Doer,
    id: string,
    command: CampaignCommand,
    work: (trx: RunTrx) => Promise<Answer<Commanded>>,
  ): Promise<Answer<Commanded> | null>
}

export interface Commanded {
  state: CampaignState
  /** It was moved by this command. */
  moved: boolean
  /** Of a start: an estimate of the list as it is was looked at. */
  checked?: boolean
}

export async function commandCampaign(
  io: RunIo,
  doer: Doer,
  id: string,
  command: CampaignCommand,
  { estimateVersion }: { estimateVersion?: number | undefined } = {},
): Promise<Answer<Commanded>> {
  const answer = await io.within(doer, id, command, async (trx) => {
    const { campaign } = trx
    const effect = CAMPAIGN_LIFECYCLE[campaign.state][command]
    const goesOn = campaign.state === 'finished' && STOPS_AGAIN.has(command) && (await trx.isUnderWay())
    if (effect === 'wrong' && !goesOn) return wrongState(campaign, command)
    if (effect === 'same') return done(commanded(command, campaign.state, false))
    const found = command === 'start' ? await trx.estimateBlockers() : null
    const refusal = command === 'start' ? await startRefusal(trx, estimateVersion, found ?? []) : null
    if (refusal) return refusal
    const moved = await trx.command(command)
    return done(commanded(command, await trx.state(), moved, found !== null))
  })
  return answer ?? unknownCampaign(id)
}

function commanded(command: CampaignCommand, state: CampaignState, moved: boolean, checked = false): Commanded {
  return { state, moved, ...(command === 'start' ? { checked } : {}) }
}

async function startRefusal(
  trx: RunTrx,
  estimateVersion: number | undefined,
  found: readonly { code: string; text: string }[],
): Promise<Answer<never> | null> {
  const { id, audience_version: version } = trx.campaign
  if (estimateVersion !== undefined && estimateVersion !== version) {
    const message = `expected estimate_version to be that of the list as it is now, ${version}, got ${estimateVersion}; look at a new estimate`
    return refused({ status: 409, code: 'estimate_stale', message, field: 'estimate_version' })
  }
  if (await trx.isUploading()) {
    const message = `expected no upload of campaign ${id} to be under way, got one; wait for its end`
    return refused({ status: 409, code: 'upload_running', message })
  }
  const cheap = cheapBlockers(await trx.blockerFacts())
  // What was in the way when the list was counted may be mended by now: what is looked at here is looked at anew.
  const rest = found.filter(({ code }) => code === 'template_parameters')
  const blockers = [...cheap, ...rest.map((one) => ({ ...one, path: 'audience' }))]
  const [first] = blockers
  if (first === undefined) return null
  return refused({
    status: 409,
    code: 'campaign_blocked',
    message: first.text,
    field: first.path,
    problems: blockers.map(({ path, text, code }) => ({ path, message: text, hint: code })),
  })
}

function wrongState<T>({ id, state }: Pick<CampaignFacts, 'id' | 'state'>, command: CampaignCommand): Answer<T> {
  const message = `expected campaign ${id} to be ${wrongCommand(command)}, got one that is ${state}`
  return refused({ status: 409, code: 'wrong_state', message })
}
