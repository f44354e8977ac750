import type { Consent } from '../decision.ts'

/* Whom a list is made of, where no file comes in: people who are known, or whom another campaign was for. */

/** As in a list of contacts; null and empty: any. */
export interface ContactsSource {
  kind: 'contacts'
  text: string | null
  language: string | null
  marketing: Consent | null
  attributes: Readonly<Record<string, string>>
  /** Who has a conversation with this number. */
  sender: string | null
  /** Of the list, beside `to`: one of `PROFILE_COLUMNS`, else the name of an attribute. */
  columns: readonly string[]
}

export const PROFILE_COLUMNS = ['name', 'language', 'time_zone'] as const

/** What became of a recipient of a campaign for good, unless Meta tells otherwise later. */
export const COPIED_STATES = ['sent', 'failed', 'expired', 'cancelled', 'suppressed'] as const

/** All of them have to fit; null: any. Whose end is not known, or not kept any more, fits nothing. */
export interface Outcome {
  states: readonly (typeof COPIED_STATES)[number][] | null
  reasons: readonly string[] | null
  delivered: boolean | null
  read: boolean | null
}

export interface CampaignSource extends Outcome {
  kind: 'campaign'
  id: string
}

export type AudienceSource = ContactsSource | CampaignSource
