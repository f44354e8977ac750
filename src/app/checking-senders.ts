import { isInPurview } from '../domain/access.ts'
import type { PhoneNumberId, WabaId } from '../domain/ids.ts'
import { toIso } from '../domain/time.ts'
import type { GraphClient } from '../graph/client.ts'
import type { Caller, Services } from '../http/services.ts'
import { orHeldElsewhere, type Sender, type SenderLink, type SenderStore } from '../store/accounts/senders.ts'
import { TokenVaultError } from '../store/accounts/token-vault.ts'
import { databaseNow } from '../store/pg/clock.ts'
import { inTransaction, type Postgres } from '../store/pg/postgres.ts'
import { done, mapAnswer, refused, unknown } from '../usecases/answer.ts'
import { type CheckSenderIo, checkAtMeta, type SenderCheck } from '../usecases/check-sender.ts'
import { HELD } from '../usecases/link-sender.ts'
import { subscribeSender } from '../usecases/subscribe-sender.ts'
import { clockSkew } from './clock-skew.ts'
import { viewOfSender } from './views/sender.ts'

export interface CheckingDeps {
  postgres: Postgres
  senders: SenderStore
  graph: GraphClient
}

type CheckingServices = Pick<Services, 'checkSender' | 'subscribeSender'>

/** What stands in a number's way, linked or not yet; and what cures the most common of it. */
export function checkingServices({ postgres, senders, graph }: CheckingDeps): CheckingServices {
  const io: CheckSenderIo = { ...graph, now: () => databaseNow(postgres.db) }

  async function checkLinked(sender: Sender, webhookUrl: string | null): Promise<SenderCheck[]> {
    const { phoneNumberId, wabaId } = sender
    const accessToken = await openToken(senders, phoneNumberId)
    const ours = [stateOf(sender), webhooksOf(sender)]
    if (typeof accessToken !== 'string') return [...ours, accessToken]
    return [...ours, ...(await checkAtMeta(io, { phoneNumberId, wabaId, accessToken, webhookUrl }))]
  }

  return {
    async checkSender(caller, asked, base) {
      const webhookUrl = base === null ? null : `${base}/webhooks/whatsapp`
      const clock = await clockOf(postgres)
      if ('id' in asked) {
        const sender = await senders.get(caller, asked.id as PhoneNumberId)
        if (!sender) return unknown('sender_unknown', `sender ${asked.id}`)
        return done({ checks: [...(await checkLinked(sender, webhookUrl)), clock] })
      }
      if (!isInPurview(caller, asked.phone_number_id)) {
        const message = 'expected phone_number_id to be a number that this key is for'
        return refused({ status: 403, code: 'forbidden', message, field: 'phone_number_id' })
      }
      const number = {
        phoneNumberId: asked.phone_number_id as PhoneNumberId,
        wabaId: asked.waba_id as WabaId,
        accessToken: asked.access_token,
      }
      const link = await tryLink({ postgres, senders }, caller, { ...number, portfolioId: asked.portfolio_id })
      return done({ checks: [link, ...(await checkAtMeta(io, { ...number, webhookUrl })), clock] })
    },

    subscribeSender: async (caller, id) =>
      mapAnswer(
        await subscribeSender(
          { ...graph, readSender: senders.get, tokenOf: senders.tokenOfNumber },
          caller,
          id as PhoneNumberId,
        ),
        viewOfSender,
      ),
  }
}

/** Carries the outcome out of a transaction that must not commit. */
class NotMeant extends Error {
  readonly check: SenderCheck

  constructor(check: SenderCheck) {
    super('linking was only tried')
    this.check = check
  }
}

/** Whether linking would be taken, by linking and taking it back: whose a number, an account or a portfolio is says nobody else. */
async function tryLink(
  { postgres, senders }: Pick<CheckingDeps, 'postgres' | 'senders'>,
  caller: Caller,
  link: Omit<SenderLink, 'workspace'>,
): Promise<SenderCheck> {
  try {
    return await inTransaction(postgres.pool, async (trx) => {
      const outcome = await orHeldElsewhere(senders.linkIn(trx, { ...link, workspace: caller.workspace }))
      throw new NotMeant(linkCheckOf(outcome))
    })
  } catch (error) {
    if (error instanceof NotMeant) return error.check
    throw error
  }
}

function linkCheckOf(outcome: Awaited<ReturnType<typeof orHeldElsewhere>>): SenderCheck {
  switch (outcome.kind) {
    case 'created':
      return {
        name: 'link',
        state: 'ok',
        text: 'It can be linked here.',
        code: 'free',
        values: {},
        field: 'phone_number_id',
      }
    case 'updated':
      return {
        name: 'link',
        state: 'ok',
        text: 'It is linked here; linking again updates it.',
        code: 'linked',
        values: {},
        field: 'phone_number_id',
      }
    case 'elsewhere': {
      const text = `It is linked under account ${outcome.wabaId}: unlink it first.`
      return {
        name: 'link',
        state: 'fail',
        text,
        code: 'elsewhere',
        values: { account: outcome.wabaId },
        field: 'waba_id',
      }
    }
    case 'held': {
      const [field] = HELD[outcome.what]
      const text = `Another workspace holds the ${outcome.what}.`
      return { name: 'link', state: 'fail', text, code: 'held', values: { what: outcome.what }, field }
    }
  }
}

async function openToken(senders: SenderStore, id: PhoneNumberId): Promise<string | SenderCheck> {
  const about = { name: 'token', state: 'fail', field: 'access_token' } as const
  try {
    return (
      (await senders.tokenOfNumber(id)) ?? {
        ...about,
        text: 'There is none: link the number again.',
        code: 'none',
        values: {},
      }
    )
  } catch (error) {
    if (!(error instanceof TokenVaultError)) throw error
    return { ...about, text: `It cannot be opened here: ${error.message}`, code: 'unreadable', values: {} }
  }
}

function stateOf({ state, reason }: Sender): SenderCheck {
  const why = reason === null ? '' : `: ${reason.text}`
  return {
    name: 'state',
    state: state === 'active' ? 'ok' : state === 'paused' ? 'warn' : 'fail',
    text: state === 'active' ? 'Its messages leave.' : `It is ${state}${why} Its messages wait.`,
    code: state,
    values: { why: reason?.text ?? '' },
    field: null,
  }
}

function webhooksOf({ webhookSeenAt, webhookFailed }: Sender): SenderCheck {
  const about = { name: 'webhooks', field: null } as const
  if (webhookSeenAt === null) {
    const text = 'None of the number has come yet: write to it from a phone, or look at the subscription.'
    return { ...about, state: 'warn', text, code: 'never', values: {} }
  }
  const values = { at: toIso(webhookSeenAt), count: webhookFailed }
  const seen = `The newest came at ${toIso(webhookSeenAt)}`
  return webhookFailed === 0
    ? { ...about, state: 'ok', text: `${seen}.`, code: 'seen', values }
    : {
        ...about,
        state: 'warn',
        text: `${seen}; ${webhookFailed} stored ones could not be applied.`,
        code: 'failed',
        values,
      }
}

async function clockOf({ db }: Postgres): Promise<SenderCheck> {
  const { isNear, skewMs, text } = await clockSkew(db)
  return {
    name: 'clock',
    state: isNear ? 'ok' : 'warn',
    text: `${text.charAt(0).toUpperCase()}${text.slice(1)}.`,
    code: skewMs < 0 ? 'behind' : 'ahead',
    values: { ms: Math.abs(skewMs) },
    field: null,
  }
}
