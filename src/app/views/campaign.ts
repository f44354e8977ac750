import { toIso } from '../../domain/time.ts'
import type { CampaignRead } from '../../store/campaigns/campaigns.ts'

const NONE = {
  scheduled: 0,
  queued: 0,
  dispatching: 0,
  held: 0,
  in_doubt: 0,
  sent: 0,
  failed: 0,
  expired: 0,
  cancelled: 0,
  suppressed: 0,
}

/** Of a draft nobody was written to, so all of its list is still to come. */
export function viewOfCampaign({
  id,
  name,
  document,
  state,
  audience_version,
  total,
  created_by,
  created_at,
}: CampaignRead) {
  return {
    id,
    name,
    state,
    reason: null,
    ...document,
    audience_version,
    counts: { total, ...NONE, scheduled: total },
    created_at: toIso(created_at),
    created_by,
  }
}
