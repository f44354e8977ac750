import { randomInt } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import type { CampaignReason } from '../domain/campaign/lifecycle.ts'
import type { TemplateReference } from '../domain/content.ts'
import type { DecisionSettings, FrequencyUse, TemplateFacts } from '../domain/decision.ts'
import type { ContactId, IntentId, PhoneNumberId } from '../domain/ids.ts'
import { type ContactProfile, usesContact } from '../domain/template.ts'
import type { ConversationState } from '../store/conversations/ensure.ts'
import type { IntentRecord } from '../store/intents/enqueue.ts'
import { needsPlace } from './campaign-places.ts'
import {
  end,
  frequencyOf,
  OF_TEMPLATES,
  type Person,
  type Round,
  type RoundIo,
  type RoundSender,
  templatesFor,
  toRecord,
} from './campaign-round.ts'
import { verdictOf } from './enqueue/forecast.ts'

/* What becomes of those whose turn it is, as they are handed over. */

export interface Verdicts {
  records: IntentRecord[]
  /** Of each of them. */
  people: { contact: ContactId; conversation: ConversationState; needsPlace: boolean }[]
  template(sender: PhoneNumberId, reference: TemplateReference): TemplateFacts | null
  stop: CampaignReason | null
}

/** Who gets an intent. Whose message could not leave as things stand, whatever happens meanwhile, ends here and takes no place of others. */
export async function decideAll(
  trx: RoundIo,
  settings: DecisionSettings,
  round: Round,
  people: Person[],
): Promise<Verdicts> {
  const { now } = round
  const firstSeq = randomInt(2 ** 31)
  const records = people.map((one, i) => toRecord(round, one, uuidv7({ msecs: now, seq: firstSeq + i }) as IntentId))
  const lookUp = await templatesFor(trx, people, records)
  const senders = new Map(round.senders.map((sender) => [sender.sender, sender]))
  const template: Verdicts['template'] = (sender, reference) => lookUp(senders.get(sender) as RoundSender, reference)
  const filled = people.flatMap(({ contact }, i) => {
    const { message, whenClosed } = records[i] as IntentRecord
    return usesContact(message, whenClosed) ? [contact] : []
  })
  const profiles: Map<ContactId, ContactProfile> = filled.length === 0 ? new Map() : await trx.readProfiles(filled)
  const frequency = await frequencyOf(
    trx,
    round,
    people.map(({ contact }) => contact),
  )
  const going: IntentRecord[] = []
  const gets: Verdicts['people'] = []
  for (const [i, { line, version, sender, conversation, contact }] of people.entries()) {
    const record = records[i] as IntentRecord
    const ofSender = (reference: TemplateReference) => lookUp(sender, reference)
    const verdict = verdictOf(record, sender, conversation, settings, now, ofSender, {
      money: null,
      profile: profiles.get(contact) ?? null,
      frequencyCap: frequency[i] as FrequencyUse | null,
    })
    const { kind, reason } = verdict.decision
    if (OF_TEMPLATES.has(reason.code) && sender.templatesSynced) {
      return { records: [], people: [], template, stop: reason }
    }
    const isEnd = (kind === 'suppress' || kind === 'fail') && !OF_TEMPLATES.has(reason.code)
    if (!isEnd) {
      going.push(record)
      gets.push({ contact, conversation, needsPlace: needsPlace(verdict, settings) })
    } else {
      const state = kind === 'suppress' ? ('suppressed' as const) : ('failed' as const)
      end(round, line.position, version, { state, code: reason.code, text: reason.text })
    }
  }
  return { records: going, people: gets, template, stop: null }
}
