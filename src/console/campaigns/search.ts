/** What the address of the page says: the campaign that is open, or that one is begun (`new`). */
export interface CampaignSearch {
  id?: string | undefined
  edit?: string | undefined
}

export function readCampaignSearch({ id, edit }: Record<string, unknown>): CampaignSearch {
  if (edit === 'new') return { edit }
  return id === undefined || id === '' ? {} : { id: String(id) }
}
