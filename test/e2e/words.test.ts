import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, startHarness } from '../support/harness.ts'
import { lanesOnPostgres } from '../support/lane-engines.ts'
import { DAY_MS, HOUR_MS, KEEP_HELPING, SECOND_MS, SPRING_OFFER, templateMessage, text } from './fixtures.ts'

const INVITATION = 'template keep_helping'
const OFFER = 'template spring_offer'

describe('what customers say in words', () => {
  let casement: Harness
  let numbered = 0

  beforeAll(async () => {
    casement = await startHarness(lanesOnPostgres)
  })
  afterEach(() =>
    casement.query(
      `update workspaces set stop_words = null, start_words = null, stop_buttons = '["Stop promotions"]', stop_reply = null`,
    ),
  )
  afterAll(() => casement.close())

  const enqueue = (customer: string, message: object, more: object = {}) =>
    casement.enqueue({ to: `+${customer}`, message, ...more })
  const offer = (customer: string) => enqueue(customer, templateMessage(SPRING_OFFER))
  const set = (column: string, value: unknown) =>
    casement.query(`update workspaces set ${column} = $1`, [JSON.stringify(value)])

  /** A message held behind an invitation that is on the customer's phone. */
  async function invited() {
    const customer = casement.stranger()
    const { id } = await enqueue(customer, text('held'), { when_closed: { follow_up: KEEP_HELPING } })
    const held = await casement.intentIn(id, 'held')
    await casement.intentIn(held.follow_up?.id as string, 'sent')
    await casement.told()
    return { customer, id }
  }

  async function says(customer: string, body: string, sentAtMs?: number) {
    await casement.writes(customer, sentAtMs, body)
  }

  /** A webhook of the customer's message as Meta would send it. */
  function message(customer: string, content: object, given: { agoS?: number; wamid?: string } = {}) {
    return {
      field: 'messages',
      value: {
        messaging_product: 'whatsapp',
        metadata: { display_phone_number: '15550783881', phone_number_id: casement.sender },
        contacts: [{ profile: { name: 'Ana' }, wa_id: customer }],
        messages: [
          {
            from: customer,
            id: given.wamid ?? `wamid.word${++numbered}`,
            timestamp: String(Math.floor(Date.now() / SECOND_MS) - (given.agoS ?? 0)),
            ...content,
          },
        ],
      },
    }
  }

  async function reports(...changes: ReturnType<typeof message>[]) {
    for (const change of changes) await casement.webhook(change)
    await casement.told()
  }

  const button = (label: string, payload: string) => ({ type: 'button', button: { text: label, payload } })
  const textContent = (body: string) => ({ type: 'text', text: { body } })

  const marketingOf = async (customer: string) =>
    (await casement.api<{ marketing: string }>('GET', `/v1/contacts/${customer}`)).body.marketing
  const consents = (customer: string) =>
    casement.query<{ state: string; source: string; evidence: Record<string, unknown> }>(
      `select k.state, k.source, k.evidence from consents k join contact_identities i using (contact_id)
       where i.value = $1 order by k.id`,
      [customer],
    )
  const consent = (customer: string, state: 'in' | 'out') =>
    casement.api('POST', `/v1/contacts/${customer}/consent`, { category: 'marketing', state })

  describe('to decline', () => {
    it.each(['No, thanks!', 'no thanks', 'NO THANKS 🙏', 'no‑thanks.', '\u202aNo, thanks!\u202c'])(
      'cancels what waited: %s',
      async (answer) => {
        const { customer, id } = await invited()
        await says(customer, answer)
        expect(await casement.intentIn(id, 'cancelled', 'sent')).toMatchObject({
          state: 'cancelled',
          reason: { code: 'declined' },
        })
        expect(casement.received(customer)).toEqual([INVITATION])
      },
    )

    it('is no opt-out', async () => {
      const { customer } = await invited()
      await says(customer, 'no thanks')
      expect(await marketingOf(customer)).toBe('unknown')
    })

    it('lets everything go where they say more than that', async () => {
      const { customer, id } = await invited()
      await says(customer, 'No, thanks! But what about my order?')
      await casement.intentIn(id, 'sent')
    })
  })

  describe('to stop', () => {
    it.each([
      'STOP',
      'stop.',
      'Pare',
      'Baja',
      'Désabonner',
      'बंद करें',
      'إيقاف',
      'Стоп!',
      '退订',
      '配信停止',
      'ｓｔｏｐ 🛑',
    ])('keeps offers from them and lets service go: %s', async (word) => {
      const customer = casement.stranger()
      await says(customer, word)
      const refused = await casement.intentIn((await offer(customer)).id, 'suppressed', 'sent')
      expect(refused).toMatchObject({ state: 'suppressed', reason: { code: 'opted_out' } })
      await casement.intentIn((await enqueue(customer, text('Your order left.'))).id, 'sent')
      expect(casement.received(customer)).toEqual(['Your order left.'])
    })

    it('is kept with the message as evidence', async () => {
      const customer = casement.stranger()
      await reports(message(customer, textContent('Stop!'), { wamid: 'wamid.evidence' }))
      const evidence = { wamid: 'wamid.evidence', sender: casement.sender, text: 'Stop!' }
      expect(await consents(customer)).toEqual([{ state: 'out', source: 'word', evidence }])
    })

    it('counts below a picture', async () => {
      const customer = casement.stranger()
      await reports(message(customer, { type: 'image', image: { id: '1', mime_type: 'image/jpeg', caption: 'Stop' } }))
      expect(await marketingOf(customer)).toBe('out')
    })

    it('counts in the second in which an opt-in was recorded', async () => {
      const customer = casement.stranger()
      await says(customer, 'Hello')
      await consent(customer, 'in')
      await says(customer, 'STOP')
      expect(await marketingOf(customer)).toBe('out')
    })

    it('counts whose webhook is late, unless an opt-in was recorded since', async () => {
      const [before, after] = [casement.stranger(), casement.stranger()]
      for (const customer of [before, after]) await says(customer, 'Hello')
      await consent(after, 'in')
      await reports(
        message(before, textContent('STOP'), { agoS: 7_200 }),
        message(after, textContent('STOP'), { agoS: 7_200 }),
      )
      expect(await marketingOf(before)).toBe('out')
      expect(await marketingOf(after)).toBe('in')
    })

    it('declines what waits behind an invitation and lets go what waited for the window', async () => {
      const { customer, id } = await invited()
      const held = await enqueue(customer, text('service'), { when_closed: 'hold' })
      await casement.intentIn(held.id, 'held')
      await says(customer, 'STOP')
      expect(await casement.intentIn(id, 'cancelled', 'sent')).toMatchObject({ reason: { code: 'declined' } })
      await casement.intentIn(held.id, 'sent')
      await casement.intentIn((await enqueue(customer, text('later'))).id, 'sent')
      expect(casement.received(customer)).toEqual([INVITATION, 'service', 'later'])
    })

    it('a day late declines what waits and opens nothing', async () => {
      const { customer, id } = await invited()
      await says(customer, 'STOP', Date.now() - DAY_MS - HOUR_MS)
      expect(await casement.intentIn(id, 'cancelled', 'sent')).toMatchObject({ reason: { code: 'declined' } })
      expect((await casement.conversation(customer)).customer_service_window.open).toBe(false)
    })

    it('by words that the workspace set, in any of its languages', async () => {
      await set('stop_words', { en: ['Enough'], sw: ['Acha!'] })
      const [theirs, ours] = [casement.stranger(), casement.stranger()]
      await says(theirs, 'acha')
      await says(ours, 'STOP')
      expect(await marketingOf(theirs)).toBe('out')
      expect(await marketingOf(ours)).toBe('unknown')
    })
  })

  describe('by a stop button', () => {
    it('keeps the next offer from them', async () => {
      const customer = casement.stranger()
      await casement.intentIn((await offer(customer)).id, 'sent')
      await casement.told()
      casement.sandbox.customers.tap(customer, { label: 'Stop promotions' })
      await casement.told()
      expect(await casement.intentIn((await offer(customer)).id, 'suppressed', 'sent')).toMatchObject({
        state: 'suppressed',
        reason: { code: 'opted_out' },
      })
      expect(casement.received(customer)).toEqual([OFFER])
      expect(await consents(customer)).toMatchObject([
        { state: 'out', source: 'button', evidence: { label: 'Stop promotions' } },
      ])
    })

    it('is told by the payload alone, or by the label alone', async () => {
      await set('stop_buttons', ['OPT_OUT', 'Parar promoções'])
      const [payload, label, other] = [casement.stranger(), casement.stranger(), casement.stranger()]
      await reports(
        message(payload, button('Não quero mais', 'opt_out')),
        message(label, button('parar promoções', 'P7')),
        message(other, button('Stop promotions', 'Stop promotions')),
      )
      expect(await Promise.all([payload, label, other].map(marketingOf))).toEqual(['out', 'out', 'unknown'])
    })

    it('is told by a reply of an interactive message, too', async () => {
      const customer = casement.stranger()
      const reply = { type: 'button_reply', button_reply: { id: 'b2', title: 'Stop promotions' } }
      await reports(message(customer, { type: 'interactive', interactive: reply }))
      expect(await marketingOf(customer)).toBe('out')
    })

    it('tapped twice and delivered twice stops once', async () => {
      const customer = casement.stranger()
      await set('stop_reply', { en: 'You will get no more offers.' })
      const tap = message(customer, button('Stop promotions', 'Stop promotions'), { wamid: 'wamid.tapped' })
      casement.sandbox.customers.say(customer, { text: 'Hi' })
      await reports(tap, tap, message(customer, button('Stop promotions', 'Stop promotions')))
      expect(await marketingOf(customer)).toBe('out')
      expect((await consents(customer)).map(({ state }) => state)).toEqual(['out', 'out'])
      await casement.told()
      expect(await answers(customer)).toHaveLength(1)
    })
  })

  const answers = (customer: string) =>
    casement.query<{ id: string; created_by: unknown }>(
      `select i.id, i.created_by from intents i join conversations v on v.id = i.conversation_id
       join contact_identities k on k.contact_id = v.contact_id
       where k.value = $1 and i.created_by ->> 'id' = 'stop_reply'`,
      [customer],
    )

  describe('are answered', () => {
    it('once in 24 hours, in their language, by a message of the system', async () => {
      await set('stop_reply', { en: 'No more offers.', pt_BR: 'Sem mais ofertas.' })
      const customer = casement.stranger()
      await says(customer, 'Oi')
      await casement.api('PATCH', `/v1/contacts/${customer}`, { language: 'pt_BR' })
      await says(customer, 'Pare')
      const [answer] = await answers(customer)
      expect(answer?.created_by).toEqual({ kind: 'system', id: 'stop_reply', name: 'stop_reply' })
      await casement.intentIn(answer?.id as string, 'sent')
      await says(customer, 'STOP')
      await says(customer, 'parar')
      expect(casement.received(customer)).toEqual(['Sem mais ofertas.'])

      await casement.query(`update conversations set stop_answered_at = stop_answered_at - interval '24 hours'`)
      await says(customer, 'STOP')
      for (const { id } of await answers(customer)) await casement.intentIn(id, 'sent')
      expect(casement.received(customer)).toEqual(['Sem mais ofertas.', 'Sem mais ofertas.'])
    })

    it('not when their window is over', async () => {
      await set('stop_reply', { en: 'No more offers.' })
      const customer = casement.stranger()
      await says(customer, 'STOP', Date.now() - DAY_MS - HOUR_MS)
      expect(await marketingOf(customer)).toBe('out')
      expect(await answers(customer)).toEqual([])
    })

    it('not by a START', async () => {
      await set('stop_reply', { en: 'No more offers.' })
      const customer = casement.stranger()
      await says(customer, 'START')
      expect(await answers(customer)).toEqual([])
    })
  })

  describe('to start again', () => {
    it('lifts a stop by word or button', async () => {
      const customer = casement.stranger()
      await says(customer, 'STOP')
      await says(customer, 'Start!')
      await casement.intentIn((await offer(customer)).id, 'sent')
      expect(await consents(customer)).toMatchObject([
        { state: 'out', source: 'word' },
        { state: 'in', source: 'word', evidence: { text: 'Start!' } },
      ])
    })

    it('ends alike when the webhook of the STOP is the later one', async () => {
      const customer = casement.stranger()
      await reports(
        message(customer, textContent('start'), { agoS: 10 }),
        message(customer, textContent('stop'), { agoS: 20 }),
      )
      expect(await marketingOf(customer)).toBe('in')
      await reports(message(customer, textContent('stop'), { agoS: 5 }))
      expect(await marketingOf(customer)).toBe('out')
    })

    it('lifts nothing that was recorded otherwise, also below a STOP', async () => {
      const [recorded, both] = [casement.stranger(), casement.stranger()]
      for (const customer of [recorded, both]) {
        await says(customer, 'Hello')
        await consent(customer, 'out')
      }
      await says(recorded, 'START')
      await says(both, 'STOP')
      await says(both, 'START')
      expect(await Promise.all([recorded, both].map(marketingOf))).toEqual(['out', 'out'])
    })

    it("does not lift WhatsApp's own stop", async () => {
      const customer = casement.stranger()
      await says(customer, 'STOP')
      casement.sandbox.customers.stopMarketing(customer)
      await casement.told()
      await says(customer, 'START')
      expect(await marketingOf(customer)).toBe('out')
    })

    it('is no opt-in where nothing was stopped', async () => {
      const customer = casement.stranger()
      await says(customer, 'START')
      expect(await marketingOf(customer)).toBe('unknown')
      expect(await consents(customer)).toEqual([])
    })
  })
})
