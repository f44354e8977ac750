import type { TemplateReference } from '../../templates/template.ts'
import { contentOf, EMPTY_VERSION, type Version, versionsIn } from './versions.ts'
import { declinesOf, type Find, hasOnly, type Kind, type Named, namedIn, recordOf, referenceOf } from './words.ts'

/* What a person fills in to write a campaign, and the document of the API that comes of it. Pure. */

export const IF_CLOSED = ['template', 'invite', 'hold', 'fail', 'default'] as const
/** `default`: as the number has it. */
export type IfClosed = (typeof IF_CLOSED)[number]

/** An instant, or a time on a wall: of a zone, or of each recipient's own (`recipient`). Empty: at once. */
export type SendAt = string | { local: string; time_zone: string }

export interface CampaignForm {
  name: string
  /** Of which one writes to each recipient: one, or several with their weights. */
  senders: FormSender[]
  kind: Kind
  versions: Version[]
  ifClosed: IfClosed
  /** What goes in the place of a text, or before it. */
  instead: Named | null
  /** ISO 3166, two letters; empty: none. */
  home: string
  sendAt: SendAt
  skipInvalid: boolean
  more: More
}

export interface FormSender {
  /** Meta's phone_number_id. */
  sender: string
  weight: number
}

/** What most campaigns leave as it is. As the API has it. */
export interface More {
  quiet_hours?: { from: string; to: string; zone?: string | undefined } | undefined
  late?: 'send_now' | 'tomorrow' | 'skip' | undefined
  start_within?: string | undefined
  valid_for?: string | undefined
  /** Messages a second. */
  max_mps?: number | undefined
  budget?: { amount: string; currency: string } | undefined
  /** So many marketing messages a person in so many days; half of it is not saved. */
  frequency_cap?: { messages?: number | undefined; days?: number | undefined } | undefined
  /** A part of one, and how many outcomes it is of. */
  pause_when?: { share?: number | undefined; after?: number | undefined } | undefined
}

export const EMPTY_FORM: CampaignForm = {
  name: '',
  senders: [],
  kind: 'template',
  versions: [EMPTY_VERSION],
  ifClosed: 'template',
  instead: null,
  home: '',
  sendAt: '',
  skipInvalid: false,
  more: {},
}

export interface Document {
  name: string
  sender?: string
  senders?: readonly { sender: string; weight?: number }[]
  message?: unknown
  languages?: unknown
  variants?: unknown
  when_closed?: unknown
  default_country?: string
  send_at?: SendAt
  skip_invalid?: boolean
  [other: string]: unknown
}

export const MORE = [
  'quiet_hours',
  'late',
  'start_within',
  'valid_for',
  'max_mps',
  'frequency_cap',
  'budget',
  'pause_when',
] as const satisfies (keyof More)[]
/** All that somebody may write; everything else of a campaign is told by the API. */
export const WRITTEN = [
  'name',
  'sender',
  'senders',
  'message',
  'languages',
  'variants',
  'when_closed',
  'default_country',
  'send_at',
  'skip_invalid',
  ...MORE,
] as const

/** Of what is shown of a campaign, what somebody wrote. */
export function documentIn(campaign: object): Document {
  const members = WRITTEN.map((name) => [name, withoutCounts((campaign as Record<string, unknown>)[name])] as const)
  return Object.fromEntries(members.filter(([, value]) => value !== undefined && value !== null)) as unknown as Document
}

/** What became of each of several messages stands beside it. */
function withoutCounts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutCounts)
  if (typeof value !== 'object' || value === null) return value
  const { counts, delivery, ...own } = value as Record<string, unknown>
  const isVersion = counts !== undefined && delivery !== undefined
  return Object.fromEntries(
    Object.entries(isVersion ? own : value).map(([name, member]) => [name, withoutCounts(member)]),
  )
}

/** What was changed, so that what somebody else changed meanwhile stays. It takes out what there was and is not named any more. */
export function patchOf(document: Document, before: Document): Record<string, unknown> {
  const gone = Object.keys(before).filter((name) => !(name in document))
  const changed = Object.entries(document).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]),
  )
  return { ...Object.fromEntries(gone.map((name) => [name, null])), ...Object.fromEntries(changed) }
}

/** What of a campaign somebody else changed between two looks, beside the members that were changed here. */
export function isChangedElsewhere(before: Document, now: Document, here: readonly string[]): boolean {
  const names = new Set([...Object.keys(before), ...Object.keys(now)])
  return [...names].some((name) => !here.includes(name) && JSON.stringify(before[name]) !== JSON.stringify(now[name]))
}

/** Whether a template goes where the session is closed. */
export function asksInstead({ kind, ifClosed }: CampaignForm): boolean {
  return kind === 'text' && (ifClosed === 'template' || ifClosed === 'invite')
}

/** @returns null while something is missing */
export function documentOf(form: CampaignForm, find: Find): Document | null {
  const content = contentOf(form.kind, form.versions, find)
  const instead = referenceOf(form.instead, find)
  if (form.name.trim() === '' || form.senders.length === 0 || content === null) return null
  if (asksInstead(form) && instead === null) return null
  if (isHalf(form.more.frequency_cap)) return null
  const more = MORE.map((name) => [name, form.more[name]] as const).filter(([, value]) => value !== undefined)
  return {
    name: form.name.trim(),
    ...fromOf(form.senders),
    ...content,
    ...(form.kind === 'text' ? closedOf(form, instead, find) : {}),
    ...(form.home === '' ? {} : { default_country: form.home }),
    ...(form.sendAt === '' ? {} : { send_at: form.sendAt }),
    ...(form.skipInvalid ? { skip_invalid: true } : {}),
    ...Object.fromEntries(more),
  }
}

/** Filled in on one side only. */
function isHalf(cap: More['frequency_cap']): boolean {
  return cap !== undefined && (cap.messages === undefined || cap.days === undefined)
}

function fromOf([first, ...others]: readonly FormSender[]): Pick<Document, 'sender' | 'senders'> {
  if (first === undefined) return {}
  if (others.length === 0) return { sender: first.sender }
  return { senders: [first, ...others].map(({ sender, weight }) => ({ sender, ...(weight === 1 ? {} : { weight }) })) }
}

function closedOf({ ifClosed, instead }: CampaignForm, reference: TemplateReference | null, find: Find) {
  if (ifClosed === 'default') return {}
  if (ifClosed !== 'template' && ifClosed !== 'invite') return { when_closed: ifClosed }
  if (ifClosed === 'template') return { when_closed: { downgrade: reference } }
  const decline = instead && declinesOf(instead, find(instead))
  return { when_closed: { follow_up: { ...reference, decline } } }
}

/** Null where the document says something that this form cannot show: a file, several templates for one text, texts beside templates. */
export function formOf(document: Document): CampaignForm | null {
  const said = versionsIn(document)
  const isTemplate = said?.kind === 'template'
  const closed = isTemplate ? UNASKED : closedIn(document.when_closed)
  if (said === null || closed === null || (isTemplate && document.when_closed !== undefined)) return null
  return {
    ...EMPTY_FORM,
    name: document.name,
    senders: (document.senders ?? [{ sender: document.sender ?? '' }]).map(({ sender, weight = 1 }) => ({
      sender,
      weight,
    })),
    ...said,
    ...closed,
    home: document.default_country ?? '',
    sendAt: document.send_at ?? '',
    skipInvalid: document.skip_invalid === true,
    more: Object.fromEntries(MORE.filter((name) => name in document).map((name) => [name, document[name]])),
  }
}

const UNASKED = { ifClosed: 'template', instead: null } as const

function closedIn(policy: unknown): Pick<CampaignForm, 'ifClosed' | 'instead'> | null {
  if (policy === undefined) return { ifClosed: 'default', instead: null }
  if (policy === 'hold' || policy === 'fail') return { ifClosed: policy, instead: null }
  const given = recordOf(policy)
  if (hasOnly(given, ['downgrade']) && 'downgrade' in given) {
    const instead = namedIn(given.downgrade)
    return instead && { ifClosed: 'template', instead }
  }
  if (!hasOnly(given, ['follow_up']) || !('follow_up' in given)) return null
  const { decline, ...reference } = recordOf(given.follow_up)
  const instead = namedIn(reference)
  return instead && { ifClosed: 'invite', instead: { ...instead, declines: (decline as string[] | undefined) ?? [] } }
}
