import { isTemplate, type TemplateReference, templateOfMessage } from '../../domain/content.ts'
import type { IntentId } from '../../domain/ids.ts'
import type { Db } from '../pg/postgres.ts'
import type { KnownAttempt } from './statuses.ts'

/*
 * What an attempt was, by the verdict that led to it. Read where its message failed, so not together with the attempts of all statuses. And
 * what only few answers say.
 */

/** Meta accepted it, and looks first how its template is received. */
export async function noteHeld(trx: Db, intentId: IntentId, number: number): Promise<void> {
  await trx
    .updateTable('attempts')
    .set({ held_for_quality: true })
    .where('intent_id', '=', intentId)
    .where('number', '=', number)
    .execute()
}

/**
 * The template an attempt sent, as a message of its own or, as the verdict says that led to the attempt, in the place of one. Null when it
 * was free-form. Read for failures only, so not together with the attempt.
 */
export async function sentTemplate(
  trx: Db,
  { intentId, number }: Pick<KnownAttempt, 'intentId' | 'number'>,
): Promise<{ reference: TemplateReference; substitute: boolean } | null> {
  const row = await trx
    .selectFrom('attempts')
    .innerJoin('intents', 'intents.id', 'attempts.intent_id')
    .select(['intents.message', 'attempts.decision'])
    .where('attempts.intent_id', '=', intentId)
    .where('attempts.number', '=', number)
    .where('attempts.sent_as', '=', 'template')
    .executeTakeFirst()
  if (!row) return null
  if (isTemplate(row.message)) return { reference: templateOfMessage(row.message), substitute: false }
  const { template: name, template_language: language } = (row.decision as { facts: Record<string, unknown> }).facts
  return typeof name === 'string' && typeof language === 'string'
    ? { reference: { name, language }, substitute: true }
    : null
}

/** The number that the attempt went to has another spelling (Argentina, Brazil, Mexico), which was not tried before it. */
export async function hasUntriedSpelling(
  trx: Db,
  { intentId, number }: Pick<KnownAttempt, 'intentId' | 'number'>,
): Promise<boolean> {
  const { decision } = await trx
    .selectFrom('attempts')
    .select('decision')
    .where('intent_id', '=', intentId)
    .where('number', '=', number)
    .executeTakeFirstOrThrow()
  const { dialled_digits: digits, spelling } = (decision as { facts: Record<string, unknown> }).facts
  return digits !== undefined && spelling !== 'other'
}
