import { expect, it } from 'vitest'
import { allows, SCOPES, type Scope } from '../../src/domain/access.ts'
import {
  ADMIN_KEY,
  CAMPAIGN,
  CAMPAIGNS_KEY,
  CONTACT,
  ENDPOINT,
  INTENT,
  READ_KEY,
  RUN,
  SEND_KEY,
  SENDER,
  SYSTEM_KEY,
  TEMPLATES_KEY,
  WABA,
} from './fake-services.ts'
import { startServer } from './harness.ts'

const KEYS: Record<Scope, string> = {
  read: READ_KEY,
  send: SEND_KEY,
  templates: TEMPLATES_KEY,
  campaigns: CAMPAIGNS_KEY,
  admin: ADMIN_KEY,
  system: SYSTEM_KEY,
}

/** Which keys pass, by the scope that a route asks for. */
const PASS: Record<Scope, readonly Scope[]> = {
  read: SCOPES,
  send: ['send', 'admin', 'system'],
  templates: ['templates', 'admin', 'system'],
  campaigns: ['campaigns', 'admin', 'system'],
  admin: ['admin', 'system'],
  system: ['system'],
}

const ROUTES: [scope: Scope, method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string][] = [
  ['read', 'GET', '/v1/me'],
  ['read', 'GET', '/v1/intents'],
  ['read', 'GET', `/v1/intents/${INTENT}`],
  ['read', 'GET', '/v1/conversations/counts'],
  ['read', 'GET', `/v1/conversations/${SENDER}/${CONTACT}`],
  ['read', 'GET', `/v1/conversations/${SENDER}/${CONTACT}/messages`],
  ['send', 'POST', `/v1/conversations/${SENDER}/${CONTACT}/read`],
  ['send', 'POST', `/v1/conversations/${SENDER}/${CONTACT}/take`],
  ['read', 'GET', '/v1/events?types=flow'],
  ['send', 'POST', `/v1/media?sender=${SENDER}`],
  ['read', 'GET', `/v1/contacts/${CONTACT}`],
  ['read', 'GET', '/v1/setup'],
  ['send', 'POST', '/v1/intents/bulk'],
  ['read', 'GET', '/v1/intents/counts'],
  ['read', 'GET', '/v1/senders'],
  ['read', 'GET', '/v1/templates'],
  ['read', 'GET', '/v1/rate-cards'],
  ['read', 'GET', '/v1/costs'],
  ['admin', 'POST', '/v1/rate-cards?valid_from=2026-10-01'],
  ['read', 'POST', '/v1/templates/lint'],
  ['read', 'POST', '/v1/flows/check'],
  ['read', 'POST', '/v1/flows/simulate'],
  ['read', 'GET', '/v1/flows/schema.json'],
  ['read', 'GET', `/v25.0/${SENDER}`],
  ['read', 'GET', `/v25.0/${SENDER}/whatsapp_business_profile`],
  ['read', 'POST', '/v1/intents/forecast'],
  ['send', 'POST', '/v1/intents'],
  ['send', 'POST', '/v1/intents/batch'],
  ['send', 'PATCH', `/v1/intents/${INTENT}`],
  ['send', 'POST', `/v1/intents/${INTENT}/cancel`],
  ['send', 'POST', `/v1/intents/${INTENT}/replay`],
  ['send', 'POST', `/v1/intents/${INTENT}/settle`],
  ['send', 'PATCH', `/v1/contacts/${CONTACT}`],
  ['send', 'POST', `/v1/contacts/${CONTACT}/consent`],
  ['send', 'POST', `/v25.0/${SENDER}/messages`],
  ['send', 'POST', `/v25.0/${SENDER}/media`],
  ['send', 'DELETE', '/v25.0/42'],
  ['read', 'GET', '/v1/campaigns'],
  ['read', 'GET', `/v1/campaigns/${CAMPAIGN}`],
  ['read', 'GET', `/v1/campaigns/${CAMPAIGN}/estimate`],
  ['campaigns', 'POST', '/v1/campaigns'],
  ['campaigns', 'PATCH', `/v1/campaigns/${CAMPAIGN}`],
  ['campaigns', 'POST', `/v1/campaigns/${CAMPAIGN}/start`],
  ['campaigns', 'POST', `/v1/campaigns/${CAMPAIGN}/pause`],
  ['campaigns', 'POST', `/v1/campaigns/${CAMPAIGN}/resume`],
  ['campaigns', 'POST', `/v1/campaigns/${CAMPAIGN}/cancel`],
  ['read', 'GET', `/v1/campaigns/${CAMPAIGN}/recipients.csv`],
  ['read', 'GET', `/v1/campaigns/${CAMPAIGN}/recipients.ndjson`],
  ['read', 'GET', `/v1/campaigns/${CAMPAIGN}/failures`],
  ['campaigns', 'POST', `/v1/campaigns/${CAMPAIGN}/retry`],
  ['campaigns', 'PUT', '/v1/flows/hello'],
  ['read', 'GET', '/v1/flows'],
  ['read', 'GET', '/v1/flows/hello'],
  ['campaigns', 'POST', '/v1/flows/hello/pause'],
  ['campaigns', 'POST', '/v1/flows/hello/resume'],
  ['campaigns', 'POST', '/v1/flows/hello/runs'],
  ['read', 'GET', '/v1/flows/hello/runs'],
  ['read', 'GET', `/v1/flow-runs/${RUN}`],
  ['campaigns', 'POST', `/v1/flow-runs/${RUN}/stop`],
  ['campaigns', 'POST', `/v1/flow-runs/${RUN}/pause`],
  ['campaigns', 'POST', `/v1/flow-runs/${RUN}/resume`],
  ['campaigns', 'POST', '/v1/flow-events'],
  ['campaigns', 'POST', `/v1/campaigns/${CAMPAIGN}/audience`],
  ['read', 'GET', `/v1/campaigns/${CAMPAIGN}/audience`],
  ['read', 'GET', `/v1/campaigns/${CAMPAIGN}/audience/errors.csv`],
  ['templates', 'POST', '/v1/templates'],
  ['templates', 'POST', '/v1/templates/sync'],
  ['templates', 'PATCH', '/v1/templates/9001'],
  ['templates', 'DELETE', '/v1/templates/9001'],
  ['templates', 'POST', '/v1/templates/9001/unpause'],
  ['templates', 'POST', `/v25.0/${WABA}/message_templates`],
  ['templates', 'DELETE', `/v25.0/${WABA}/message_templates`],
  ['templates', 'POST', '/v25.0/42'],
  ['admin', 'POST', '/v1/senders'],
  ['admin', 'PATCH', `/v1/senders/${SENDER}`],
  ['admin', 'DELETE', `/v1/senders/${SENDER}`],
  ['admin', 'POST', `/v1/senders/${SENDER}/pause`],
  ['admin', 'POST', `/v1/senders/${SENDER}/resume`],
  ['admin', 'POST', '/v1/senders/check'],
  ['admin', 'POST', `/v1/senders/${SENDER}/subscribe`],
  ['admin', 'DELETE', `/v1/contacts/${CONTACT}`],
  ['admin', 'GET', `/v1/contacts/${CONTACT}/export`],
  ['admin', 'GET', '/v1/webhook-events'],
  ['admin', 'POST', '/v1/webhook-events/1/replay'],
  ['admin', 'GET', '/v1/workspaces/default'],
  ['admin', 'PATCH', '/v1/workspaces/default'],
  ['admin', 'POST', '/v1/workspaces/default/signing-secret'],
  ['admin', 'POST', '/v1/api-keys'],
  ['admin', 'GET', '/v1/api-keys'],
  ['admin', 'DELETE', '/v1/api-keys/1'],
  ['admin', 'POST', `/v25.0/${SENDER}/block_users`],
  ['admin', 'GET', '/v1/audit'],
  ['admin', 'GET', '/v1/webhook-endpoints'],
  ['admin', 'POST', '/v1/webhook-endpoints'],
  ['admin', 'PATCH', `/v1/webhook-endpoints/${ENDPOINT}`],
  ['admin', 'POST', `/v1/webhook-endpoints/${ENDPOINT}/test`],
  ['admin', 'GET', `/v1/webhook-endpoints/${ENDPOINT}/deliveries`],
  ['system', 'POST', '/v1/workspaces'],
  ['system', 'GET', '/v1/workspaces'],
]

it('asks on every route for its scope, and lets exactly those keys pass that have it', async () => {
  const { call } = await startServer()
  for (const [scope, method, url] of ROUTES) {
    for (const held of SCOPES) {
      const answer = await call(method, url, { key: KEYS[held], ...(method === 'GET' ? {} : { body: {} }) })
      const refusedForScope = answer.statusCode === 403
      expect(refusedForScope, `${held}: ${method} ${url} answered ${answer.statusCode} ${answer.body}`).toBe(
        !PASS[scope].includes(held),
      )
    }
  }
})

it('takes no scope that it does not know for one', () => {
  expect(SCOPES.filter((scope) => allows(['root', ''], scope))).toEqual([])
})
