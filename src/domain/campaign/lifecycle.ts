/*
 * The states of a campaign, and what is asked of it.
 *
 *   draft --start--> scheduled --begin--> running <--resume-- paused
 *     |       \__________________________^   \ \---pause-----^   |
 *     |                                       finish             |
 *     cancel (from all of them but finished)   \--> finished     cancel
 *
 * What is finished can be stopped too while something of it is under way again (`STOPS_AGAIN`). A command that asks for what is so already changes nothing and is no mistake: start pressed five times is one run. What cannot be any more
 * is refused.
 */

export const CAMPAIGN_STATES = ['draft', 'scheduled', 'running', 'paused', 'finished', 'cancelled'] as const
export type CampaignState = (typeof CAMPAIGN_STATES)[number]

export const CAMPAIGN_COMMANDS = ['start', 'pause', 'resume', 'cancel'] as const
export type CampaignCommand = (typeof CAMPAIGN_COMMANDS)[number]

/** `done`: it is moved. `same`: it is so already. `wrong`: that cannot be any more, or not yet. */
export type CommandEffect = 'done' | 'same' | 'wrong'

/**
 * Of a finished one, of which something is under way again: an operator had it sent once more, or Meta told late that it had failed. It can be
 * stopped as one that runs.
 */
export const STOPS_AGAIN: ReadonlySet<CampaignCommand> = new Set(['pause', 'cancel'])

export const CAMPAIGN_LIFECYCLE: Record<CampaignState, Record<CampaignCommand, CommandEffect>> = {
  draft: { start: 'done', pause: 'wrong', resume: 'wrong', cancel: 'done' },
  scheduled: { start: 'same', pause: 'done', resume: 'same', cancel: 'done' },
  running: { start: 'same', pause: 'done', resume: 'same', cancel: 'done' },
  paused: { start: 'same', pause: 'same', resume: 'done', cancel: 'done' },
  finished: { start: 'same', pause: 'wrong', resume: 'wrong', cancel: 'wrong' },
  cancelled: { start: 'wrong', pause: 'wrong', resume: 'wrong', cancel: 'same' },
}

/** What a command is refused with. */
export function wrongCommand(command: CampaignCommand): string {
  switch (command) {
    case 'start':
      return 'a draft'
    case 'pause':
      return 'scheduled or running'
    case 'resume':
      return 'paused'
    case 'cancel':
      return 'one that is not finished'
  }
}

/** Why a campaign is paused. A word, and a sentence for an operator. */
export interface CampaignReason {
  code: string
  text: string
}

export const PAUSED_BY_REQUEST: CampaignReason = { code: 'by_request', text: 'Paused by request.' }

/** States of intents that something is still to come of. */
export const UNDER_WAY = ['scheduled', 'dispatching', 'held', 'in_doubt'] as const
