import { referencesOf } from '../domain/campaign/versions.ts'
import { type Watched, watch } from '../domain/campaign/watch.ts'
import { pauseCampaign } from '../store/campaigns/run.ts'
import * as store from '../store/campaigns/watching.ts'
import type { Db } from '../store/pg/postgres.ts'

/** Stops what had better not go on, until somebody says so. In a transaction of its own. */
export async function watchCampaign(trx: Db, row: number): Promise<void> {
  if (!(await store.lockToWatch(trx, row))) return
  const campaign = await store.readWatched(trx, row)
  if (campaign === null) return
  const now = await watchedNow(trx, row, campaign)
  const { watch: next, reason } = watch(
    campaign.watched,
    now,
    campaign.document.pause_when ?? null,
    campaign.restricted,
  )
  await store.keepWatch(trx, row, next)
  if (reason !== null) await pauseCampaign(trx, row, reason)
}

/** From here on it is compared with how things stand: what is so already is known to whoever starts it, or lets it go on. */
export async function beginWatch(trx: Db, row: number): Promise<void> {
  const campaign = await store.readWatched(trx, row)
  if (campaign === null) return
  await store.keepWatch(trx, row, { begin: await watchedNow(trx, row, campaign), marks: [] })
}

async function watchedNow(trx: Db, row: number, campaign: store.WatchedCampaign): Promise<Watched> {
  const { document, wabaId, defaultWhenClosed, quality, limit } = campaign
  const references = referencesOf(document, defaultWhenClosed).flatMap((named) => named.references)
  const categories = await store.readCategories(trx, wabaId, references)
  return { ...(await store.readOutcomes(trx, row)), quality, limit, categories }
}
