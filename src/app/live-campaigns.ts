import { numbersOf } from '../domain/campaign/senders.ts'
import type { WorkspaceId } from '../domain/ids.ts'
import type { LiveChange } from '../domain/live.ts'
import { toIso } from '../domain/time.ts'
import { readMoving } from '../store/campaigns/campaigns.ts'
import type { WorkspaceNews } from '../store/outbox/live.ts'
import { databaseNow } from '../store/pg/clock.ts'
import type { Db } from '../store/pg/postgres.ts'
import { viewOfCampaign } from './views/campaign.ts'

/*
 * Campaigns, for who looks. No event is written for each of their recipients: the counts of those that run are read, and of others those whose
 * messages something was told of; what has not changed since it was told last is not told again.
 */

/** A campaign is told of this often at most; milliseconds. */
export const CAMPAIGNS_EVERY_MS = 500
/** No more than a share of one in so many of the time is spent on reading counts. */
const LEAST_PAUSES = 5

export interface LiveCampaigns {
  /** What happened, to campaigns or to messages that may be theirs: told of with the next look. */
  note(news: readonly WorkspaceNews[]): void
  /** What has changed in these workspaces; nothing before it is time to look again. */
  changes(workspaces: readonly WorkspaceId[]): Promise<LiveChange[]>
  /** In how many milliseconds to look again; infinite where nothing goes on. */
  dueInMs(): number
}

export function createLiveCampaigns(db: Db, clock: () => number = () => performance.now()): LiveCampaigns {
  /** By id: what was told last of those that were read in the last look. */
  let told = new Map<string, string>()
  /** By id: the newest of what happened to it. */
  let happened = new Map<string, WorkspaceNews>()
  let intents = new Set<string>()
  /** In which somebody wrote. */
  let conversations = new Set<string>()
  let isRunning = false
  let dueAt = Number.NEGATIVE_INFINITY

  async function look(workspaces: readonly WorkspaceId[]): Promise<LiveChange[]> {
    const campaigns = await readMoving(db, workspaces, [...happened.keys()], [...intents], [...conversations])
    const shown = campaigns.map((campaign) => {
      const view = viewOfCampaign(campaign)
      return {
        id: campaign.id,
        workspace: campaign.workspace,
        senders: numbersOf(campaign.document),
        view,
        text: JSON.stringify(view),
      }
    })
    const changed = shown.filter(({ id, text }) => happened.has(id) || told.get(id) !== text)
    const now = changed.length === 0 ? '' : toIso(await databaseNow(db))
    const changes = changed.map(({ id, workspace, senders, view }): LiveChange => {
      const news = happened.get(id)
      const what = { event: news?.kind ?? 'campaign.progress', at: news === undefined ? now : toIso(news.at) }
      return { workspace, type: 'campaign', id, ...what, senders, data: view }
    })
    for (const [id, { workspace, kind, at, payload }] of happened) {
      if (shown.some((one) => one.id === id) || !workspaces.includes(workspace)) continue
      // It is kept no more.
      const senders = (payload.senders as string[] | undefined) ?? [payload.sender as string]
      changes.push({ workspace, type: 'campaign', id, event: kind, at: toIso(at), senders, data: null })
    }
    told = new Map(shown.map(({ id, text }) => [id, text]))
    isRunning = campaigns.some(({ state }) => state === 'running')
    happened = new Map()
    intents = new Set()
    conversations = new Set()
    return changes
  }

  return {
    note(news) {
      for (const one of news) {
        const { kind, subject, payload } = one
        if (kind.startsWith('campaign.')) happened.set(subject, one)
        else if (kind.startsWith('intent.')) intents.add(subject)
        else if (typeof payload.intent === 'string') intents.add(payload.intent)
        else if (kind === 'message.received') conversations.add(payload.conversation as string)
      }
    },
    async changes(workspaces) {
      const began = clock()
      if (began < dueAt) return []
      if (workspaces.length === 0) {
        happened = new Map()
        intents = new Set()
        conversations = new Set()
        isRunning = false
        return []
      }
      try {
        return await look(workspaces)
      } finally {
        dueAt = began + Math.max(CAMPAIGNS_EVERY_MS, LEAST_PAUSES * (clock() - began))
      }
    },
    dueInMs() {
      const goesOn = isRunning || happened.size > 0 || intents.size > 0 || conversations.size > 0
      return goesOn ? Math.max(0, dueAt - clock()) : Number.POSITIVE_INFINITY
    },
  }
}
