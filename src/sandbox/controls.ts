import type { z } from 'zod'
import { type AccountPatch, changeAccount } from './account-news.ts'
import { type ActionInput, SandboxActionError } from './actions.ts'
import { createColleagueActions } from './colleagues.ts'
import { controlSchemas } from './control-schemas.ts'
import { createCustomerActions } from './customers.ts'
import type { Fault, FaultInput } from './faults.ts'
import { type Knobs, knobsSchema } from './knobs.ts'
import { formerDigits, recycleNumber } from './numbers.ts'
import type { CustomerRecord, Json, NumberRecord, SendRecord, TemplateRecord, TokenRecord } from './records.ts'
import type { CustomerSeed } from './seed.ts'
import { pacePortfolio, recategorise, strike } from './template-fate.ts'
import { announceTemplate, endPacing } from './template-life.ts'
import { phoneView } from './views.ts'
import type { DeliveryStats, WebhookLog } from './webhooks/delivery.ts'
import { mayBeNear } from './webhooks/near.ts'
import type { World } from './world.ts'

type Input<K extends keyof typeof controlSchemas> = z.input<(typeof controlSchemas)[K]>

export type Controls = ReturnType<typeof createControls>

/** What tests, the demo and the phone page do to the sandbox besides calling the Graph API. */
export function createControls(world: World) {
  const { ledger } = world
  const customers = createCustomerActions(world)
  const colleagues = createColleagueActions(world, customers)

  function existing<T>(record: T | undefined, what: string, id: string): T {
    if (record === undefined) throw new SandboxActionError('unknown', `there is no ${what} '${id}'`)
    return record
  }

  function firstWabaId(): string {
    return existing(ledger.wabas.keys().next().value, 'WABA', '')
  }

  let lastMove: Promise<void> = Promise.resolve()

  function advanceNow(ms: number): void {
    world.clock.advance(ms)
    world.scheduler.catchUp()
    world.changed()
  }

  async function moveBoth(moveFirst: NonNullable<World['moveFirst']>, ms: number): Promise<void> {
    await moveFirst(world.clock.offsetAfter(ms)).catch((cause: Error) => {
      throw new SandboxActionError('impossible', `the clock was not moved: ${cause.message}`)
    })
    advanceNow(ms)
  }

  return {
    customers,
    colleagues,
    now: () => world.clock.now(),

    /** How far the clock stands ahead of real time; milliseconds. */
    clockOffsetMs: () => world.clock.offsetMs(),

    /** Moves the sandbox's clock forward, one move after the other, and runs what became due on the way. */
    async advance(ms: number): Promise<void> {
      if (world.moveFirst === null) return advanceNow(ms)
      const moving = lastMove.then(() => moveBoth(world.moveFirst as NonNullable<World['moveFirst']>, ms))
      lastMove = moving.catch(() => {})
      return moving
    },

    /**
     * Resolves when nothing is scheduled any more and every webhook event has been delivered or given up. It waits in real
     * time, so keep `statusDelayMs` small or move the clock.
     */
    async settled(): Promise<void> {
      do {
        await world.scheduler.drained()
        await world.webhooks.idle()
      } while (world.scheduler.pending() > 0)
    },

    /** On this machine or its private network. */
    setWebhookUrl(url: string | null): void {
      if (url !== null && !mayBeNear(url)) {
        throw new SandboxActionError('malformed', 'expected url to be on this machine or a private network')
      }
      world.webhooks.setUrl(url)
    },
    webhookStats: (): DeliveryStats => world.webhooks.stats(),
    webhookLog: (): WebhookLog[] => world.webhooks.log(),

    /** Reports any change to the webhook, signed like the others: an account update, a handover, something unknown. */
    reportWebhook(input: Input<'webhook'>): void {
      const { field, value, waba_id } = controlSchemas.webhook.parse(input)
      const id = waba_id ?? firstWabaId()
      world.webhooks.report(existing(ledger.wabas.get(id), 'WABA', id), field, value, `${field}/${id}`)
    },

    knobs: (): Knobs => ({ ...world.knobs }),

    turn(patch: Partial<Knobs>): Knobs {
      Object.assign(world.knobs, knobsSchema.parse({ ...world.knobs, ...patch }))
      return { ...world.knobs }
    },

    addFault: (fault: FaultInput): Fault => world.faults.add(fault),
    faults: (): Fault[] => world.faults.list(),
    clearFaults: (): void => world.faults.clear(),

    /** Sends in order of arrival, accepted and refused, after `since`. */
    ledger: (since = 0, limit = 10_000): SendRecord[] => ledger.sendsAfter(since, limit),

    lastSeq: (): number => ledger.seq,

    /** Resolves with the next send to arrive, accepted or refused, before its answer leaves. */
    nextSend: (): Promise<SendRecord> => ledger.nextSend(),

    addSender(input: Input<'sender'>): NumberRecord {
      const sender = controlSchemas.sender.parse(input)
      if (!ledger.wabas.has(sender.waba_id)) {
        ledger.addWaba({ id: sender.waba_id, ...(sender.portfolio_id ? { portfolioId: sender.portfolio_id } : {}) })
      }
      world.changed()
      return ledger.addNumber({
        id: sender.id,
        wabaId: sender.waba_id,
        displayPhoneNumber: sender.display_phone_number.replace(/\D/g, ''),
        ...(sender.verified_name === undefined ? {} : { verifiedName: sender.verified_name }),
        ...(sender.throughput_mps === undefined ? {} : { throughputMps: sender.throughput_mps }),
      })
    },

    changeSender(id: string, input: Input<'senderPatch'>): NumberRecord {
      const patch = controlSchemas.senderPatch.parse(input)
      const sender = existing(ledger.numbers.get(id), 'sender', id)
      if (patch.throughput_mps !== undefined) sender.throughputMps = patch.throughput_mps
      if (patch.quality_rating !== undefined) sender.qualityRating = patch.quality_rating
      if (patch.refuse_with !== undefined) sender.refuseWith = patch.refuse_with
      if (patch.allowed_to !== undefined) sender.allowedTo = patch.allowed_to
      world.changed()
      return sender
    },

    senders: (): NumberRecord[] => [...ledger.numbers.values()],

    /** Adds a token, or changes one: revoke it, let it expire, take a permission away. */
    setToken(input: Input<'token'>): TokenRecord {
      const { token, waba_ids, scopes, expires_in_ms, revoked } = controlSchemas.token.parse(input)
      const record = ledger.tokens.get(token) ?? ledger.addToken({ token })
      if (waba_ids !== undefined) record.wabaIds = waba_ids
      if (scopes !== undefined) record.scopes = scopes
      if (expires_in_ms !== undefined) {
        record.expiresAt = expires_in_ms === null ? null : world.clock.now() + expires_in_ms
      }
      if (revoked !== undefined) record.revoked = revoked
      world.changed()
      return record
    },

    /** Adds a template as it is, without review. */
    addTemplate(input: Input<'template'>): TemplateRecord {
      const template = controlSchemas.template.parse(input)
      world.changed()
      return ledger.addTemplate(
        {
          wabaId: template.waba_id ?? firstWabaId(),
          name: template.name,
          language: template.language,
          category: template.category,
          components: template.components,
          ...(template.id === undefined ? {} : { id: template.id }),
          ...(template.status === undefined ? {} : { status: template.status }),
          ...(template.parameter_format === undefined ? {} : { parameterFormat: template.parameter_format }),
        },
        world.ids,
        world.clock.now(),
      )
    },

    /** Decides about a template the way Meta would, with the webhook each decision causes. */
    changeTemplate(id: string, input: Input<'templatePatch'>): TemplateRecord {
      const patch = controlSchemas.templatePatch.parse(input)
      const template = existing(ledger.templates.get(id), 'template', id)
      if (patch.status !== undefined) {
        template.status = patch.status
        template.rejectedReason = patch.status === 'REJECTED' ? (patch.reason ?? 'INVALID_FORMAT') : 'NONE'
        announceTemplate(world, template, 'status', {
          reason: template.rejectedReason,
          ...(patch.title === undefined ? {} : { title: patch.title }),
        })
      }
      if (patch.quality !== undefined) {
        const previousQuality = template.quality
        template.quality = patch.quality
        announceTemplate(world, template, { previousQuality })
      }
      if (patch.correct_category !== undefined) {
        template.correctCategory = patch.correct_category
        announceTemplate(world, template, 'category')
      }
      if (patch.category !== undefined) {
        Object.assign(template, {
          previousCategory: template.category,
          category: patch.category,
          correctCategory: null,
        })
        announceTemplate(world, template, 'category')
      }
      if (patch.recategorise !== undefined) recategorise(world, template, patch.recategorise, patch.notice_ms)
      if (patch.strike) strike(world, template)
      if (patch.pacing === 'hold') template.paced = true
      else if (patch.pacing !== undefined) endPacing(world, template, patch.pacing)
      return template
    },

    /** Decides about an account the way Meta would. */
    changeAccount: (id: string, input: AccountPatch): Json =>
      changeAccount(world, existing(ledger.wabas.get(id), 'WABA', id), input),

    /** Paces what a portfolio sends, and ends that for better or worse. */
    pacePortfolio(id: string, input: Input<'portfolio'>): Json {
      const { pacing } = controlSchemas.portfolio.parse(input)
      const known = [...ledger.wabas.values()].some((waba) => waba.portfolioId === id)
      existing(known ? id : undefined, 'portfolio', id)
      pacePortfolio(world, id, pacing)
      return { id, pacing: ledger.portfolios.get(id) ?? null }
    },

    addCustomer(input: Input<'customer'>): CustomerRecord {
      const customer = controlSchemas.customer.parse(input)
      const dialled = customer.wa_id ?? null
      const former = customer.renumbered && dialled !== null ? formerDigits(dialled) : null
      if (customer.renumbered && former === null) {
        throw new SandboxActionError('impossible', `expected a new number of Ivory Coast or Benin, got ${dialled}`)
      }
      const waId = former ?? dialled
      const taken = [waId, customer.user_id].find((id) => id != null && ledger.findCustomer(id))
      if (taken) throw new SandboxActionError('impossible', `there is already a customer ${taken}`)
      if (waId === null && customer.user_id === undefined) {
        throw new SandboxActionError('impossible', 'expected a wa_id or a user_id')
      }
      world.changed()
      const seed: CustomerSeed = {
        waId,
        ...(customer.user_id === undefined ? {} : { userId: customer.user_id }),
        ...(customer.name === undefined ? {} : { name: customer.name }),
        ...(customer.username === undefined ? {} : { username: customer.username }),
        ...(customer.has_whatsapp === undefined ? {} : { hasWhatsApp: customer.has_whatsapp }),
        ...(customer.phone_hidden === undefined ? {} : { phoneHidden: customer.phone_hidden }),
        aliases: [...(customer.aliases ?? []), ...(former === null ? [] : [dialled as string])],
      }
      return ledger.addCustomer(seed)
    },

    /** The number goes to somebody else, and nobody tells. */
    recycle: (who: string, input?: ActionInput<'recycle'>): CustomerRecord =>
      recycleNumber(world, customers, who, input),

    changeCustomer(who: string, input: Input<'customerPatch'>): CustomerRecord {
      const patch = controlSchemas.customerPatch.parse(input)
      const customer = customers.customer(who)
      if (patch.name !== undefined) customer.name = patch.name
      if (patch.username !== undefined) customer.username = patch.username
      if (patch.has_whatsapp !== undefined) customer.hasWhatsApp = patch.has_whatsapp
      if (patch.phone_hidden !== undefined) customer.phoneHidden = patch.phone_hidden
      if (patch.aliases !== undefined) customer.aliases = patch.aliases
      ledger.keepCustomer(customer)
      if (patch.online !== undefined) customers.setOnline(who, patch.online)
      world.changed()
      return customer
    },

    /** Phones with their threads: the last active ones, or the one asked for. */
    phones: (limit = 50, messages?: number): Json[] =>
      ledger
        .recentCustomers()
        .slice(0, limit)
        .map((customer) => phoneView(ledger, customer, world.clock.now(), messages)),

    phone: (who: string): Json => phoneView(ledger, customers.customer(who), world.clock.now()),
  }
}
