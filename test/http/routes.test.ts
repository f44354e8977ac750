import type { FastifyInstance, RouteOptions } from 'fastify'
import { expect, it } from 'vitest'
import { GRAPH_PREFIX } from '../../src/http/graph-paths.ts'
import { startServer } from './harness.ts'

/*
 * Every route with what stands in front of it and what is written down of it. A new one has to be entered here, and thought about:
 *
 *   guard   key: a credential first, and wrong ones count; signature: Meta's; sign_in: for anybody, and what is wrong counts; open: for anybody,
 *           at no cost
 *   asks    of people: person, only them; set-up, also before they have the second factor that is asked of them; confirm, their password
 *           or a code again
 *   audit   action:deed is written in the transaction of the deed, action:answer when it is answered; none: nothing changes, or the
 *           intent has created_by
 */

type Line = [route: string, guard: string, scope: string, audit: string, asks?: string]

const ROUTES: Line[] = [
  ['GET /', 'open', 'none', 'none'],
  ['GET /sign-in.js', 'open', 'none', 'none'],
  ['GET /docs…', 'open', 'none', 'none'],
  ['GET /openapi.json', 'open', 'none', 'none'],
  ['GET /healthz', 'open', 'none', 'none'],
  ['GET /readyz', 'open', 'none', 'none'],
  ['GET /metrics', 'open', 'none', 'none'],
  ['GET /queues/', 'key', 'none', 'none'],
  ['GET /webhooks/whatsapp', 'signature', 'none', 'none'],
  ['POST /webhooks/whatsapp', 'signature', 'none', 'none'],
  ['POST /v1/session', 'sign_in', 'none', 'session.create:deed'],
  ['GET /v1/session', 'key', 'read', 'none', 'person set-up'],
  ['DELETE /v1/session', 'key', 'read', 'session.end:deed', 'person set-up'],
  ['POST /v1/session/confirm', 'key', 'read', 'session.confirm:deed', 'person set-up'],
  ['GET /v1/sessions', 'key', 'read', 'none', 'person set-up'],
  ['DELETE /v1/sessions/:id', 'key', 'read', 'session.end:deed', 'person set-up'],
  ['POST /v1/me/password', 'key', 'read', 'user.password:deed', 'person set-up confirm'],
  ['POST /v1/me/totp', 'key', 'read', 'user.totp_begin:deed', 'person set-up confirm'],
  ['PUT /v1/me/totp', 'key', 'read', 'user.totp_set:deed', 'person set-up confirm'],
  ['DELETE /v1/me/totp', 'key', 'read', 'user.totp_remove:deed', 'person set-up confirm'],
  ['POST /v1/users', 'key', 'admin', 'user.invite:deed'],
  ['GET /v1/users', 'key', 'admin', 'none'],
  ['PATCH /v1/users/:id', 'key', 'admin', 'user.update:deed'],
  ['DELETE /v1/users/:id', 'key', 'admin', 'user.remove:deed'],
  ['GET /v1/me', 'key', 'read', 'none', 'set-up'],
  ['GET /v1/audit', 'key', 'admin', 'none'],
  ['POST /v1/workspaces', 'key', 'system', 'workspace.create:deed'],
  ['GET /v1/workspaces', 'key', 'system', 'none'],
  ['GET /v1/workspaces/:id', 'key', 'admin', 'none'],
  ['PATCH /v1/workspaces/:id', 'key', 'admin', 'workspace.update:deed'],
  ['POST /v1/workspaces/:id/signing-secret', 'key', 'admin', 'workspace.sign:deed', 'confirm'],
  ['POST /v1/api-keys', 'key', 'admin', 'key.create:deed', 'confirm'],
  ['GET /v1/api-keys', 'key', 'admin', 'none'],
  ['DELETE /v1/api-keys/:id', 'key', 'admin', 'key.revoke:deed'],
  ['POST /v1/intents', 'key', 'send', 'none'],
  ['POST /v1/intents/batch', 'key', 'send', 'intent.batch:deed'],
  ['POST /v1/intents/forecast', 'key', 'read', 'none'],
  ['POST /v1/intents/bulk', 'key', 'send', 'intent.bulk:deed'],
  ['GET /v1/intents/counts', 'key', 'read', 'none'],
  ['GET /v1/intents', 'key', 'read', 'none'],
  ['GET /v1/intents/:id', 'key', 'read', 'none'],
  ['PATCH /v1/intents/:id', 'key', 'send', 'intent.change:deed'],
  ['POST /v1/intents/:id/cancel', 'key', 'send', 'intent.cancel:deed'],
  ['POST /v1/intents/:id/replay', 'key', 'send', 'intent.replay:deed'],
  ['POST /v1/intents/:id/settle', 'key', 'send', 'intent.settle:deed'],
  ['POST /v1/campaigns', 'key', 'campaigns', 'campaign.create:deed'],
  ['GET /v1/campaigns', 'key', 'read', 'none'],
  ['GET /v1/campaigns/:id', 'key', 'read', 'none'],
  ['PATCH /v1/campaigns/:id', 'key', 'campaigns', 'campaign.update:deed'],
  ['GET /v1/campaigns/:id/estimate', 'key', 'read', 'none'],
  ['POST /v1/campaigns/:id/start', 'key', 'campaigns', 'campaign.start:deed'],
  ['POST /v1/campaigns/:id/pause', 'key', 'campaigns', 'campaign.pause:deed'],
  ['POST /v1/campaigns/:id/resume', 'key', 'campaigns', 'campaign.resume:deed'],
  ['POST /v1/campaigns/:id/cancel', 'key', 'campaigns', 'campaign.cancel:deed'],
  ['GET /v1/campaigns/:id/recipients.csv', 'key', 'read', 'none'],
  ['GET /v1/campaigns/:id/recipients.ndjson', 'key', 'read', 'none'],
  ['GET /v1/campaigns/:id/failures', 'key', 'read', 'none'],
  ['POST /v1/campaigns/:id/retry', 'key', 'campaigns', 'campaign.retry:deed'],
  ['PUT /v1/flows/:name', 'key', 'campaigns', 'flow.deploy:deed'],
  ['GET /v1/flows', 'key', 'read', 'none'],
  ['GET /v1/flows/:name', 'key', 'read', 'none'],
  ['POST /v1/flows/:name/pause', 'key', 'campaigns', 'flow.pause:deed'],
  ['POST /v1/flows/:name/resume', 'key', 'campaigns', 'flow.resume:deed'],
  ['POST /v1/flows/:name/runs', 'key', 'campaigns', 'none'],
  ['GET /v1/flows/:name/runs', 'key', 'read', 'none'],
  ['GET /v1/flow-runs/:id', 'key', 'read', 'none'],
  ['POST /v1/flow-runs/:id/stop', 'key', 'campaigns', 'flow_run.stop:deed'],
  ['POST /v1/flow-runs/:id/pause', 'key', 'campaigns', 'flow_run.pause:deed'],
  ['POST /v1/flow-runs/:id/resume', 'key', 'campaigns', 'flow_run.resume:deed'],
  ['POST /v1/flow-events', 'key', 'campaigns', 'none'],
  ['POST /v1/campaigns/:id/audience', 'key', 'campaigns', 'campaign.import:deed'],
  ['GET /v1/campaigns/:id/audience', 'key', 'read', 'none'],
  ['GET /v1/campaigns/:id/audience/errors.csv', 'key', 'read', 'none'],
  ['GET /v1/conversations', 'key', 'read', 'none'],
  ['GET /v1/conversations/counts', 'key', 'read', 'none'],
  ['GET /v1/conversations/:sender/:contact', 'key', 'read', 'none'],
  ['GET /v1/conversations/:sender/:contact/messages', 'key', 'read', 'none'],
  ['GET /v1/conversations/:sender/:contact/messages/:message/media', 'key', 'read', 'none'],
  // Like a read receipt of the drop-in: whoever looks at a conversation changes nothing that anybody would ask for.
  ['POST /v1/conversations/:sender/:contact/read', 'key', 'send', 'none'],
  ['POST /v1/conversations/:sender/:contact/take', 'key', 'send', 'conversation.take:deed'],
  ['GET /v1/events', 'key', 'read', 'none'],
  ['POST /v1/media', 'key', 'send', 'media.upload:answer'],
  ['GET /v1/contacts', 'key', 'read', 'none'],
  ['GET /v1/contacts/:contact', 'key', 'read', 'none'],
  ['PUT /v1/contacts/:contact', 'key', 'send', 'contact.put:deed'],
  ['PATCH /v1/contacts/:contact', 'key', 'send', 'contact.update:deed'],
  ['DELETE /v1/contacts/:contact', 'key', 'admin', 'contact.erase:deed', 'confirm'],
  ['GET /v1/contacts/:contact/export', 'key', 'admin', 'contact.export:deed', 'confirm'],
  ['POST /v1/contacts/:contact/consent', 'key', 'send', 'contact.consent:deed'],
  ['GET /v1/jobs/:id', 'key', 'read', 'none'],
  ['GET /v1/jobs/:id/items', 'key', 'read', 'none'],
  ['POST /v1/senders', 'key', 'admin', 'sender.link:deed', 'confirm'],
  ['POST /v1/senders/check', 'key', 'admin', 'none'],
  ['GET /v1/setup', 'key', 'read', 'none'],
  ['GET /v1/senders', 'key', 'read', 'none'],
  ['GET /v1/senders/:id', 'key', 'read', 'none'],
  ['PATCH /v1/senders/:id', 'key', 'admin', 'sender.update:deed', 'confirm access_token'],
  ['DELETE /v1/senders/:id', 'key', 'admin', 'sender.unlink:deed'],
  ['POST /v1/senders/:id/pause', 'key', 'admin', 'sender.pause:deed'],
  ['POST /v1/senders/:id/resume', 'key', 'admin', 'sender.resume:deed'],
  ['POST /v1/senders/:id/subscribe', 'key', 'admin', 'sender.subscribe:answer'],
  ['GET /v1/templates', 'key', 'read', 'none'],
  ['POST /v1/templates', 'key', 'templates', 'template.create:deed'],
  ['POST /v1/templates/sync', 'key', 'templates', 'template.sync:answer'],
  ['POST /v1/templates/lint', 'key', 'read', 'none'],
  ['POST /v1/flows/check', 'key', 'read', 'none'],
  ['POST /v1/flows/simulate', 'key', 'read', 'none'],
  ['GET /v1/flows/schema.json', 'key', 'read', 'none'],
  ['GET /v1/templates/:id', 'key', 'read', 'none'],
  ['PATCH /v1/templates/:id', 'key', 'templates', 'template.edit:deed'],
  ['DELETE /v1/templates/:id', 'key', 'templates', 'template.delete:deed'],
  ['POST /v1/templates/:id/unpause', 'key', 'templates', 'template.unpause:deed'],
  ['POST /v1/templates/:id/archive', 'key', 'templates', 'template.archive:deed'],
  ['POST /v1/templates/:id/unarchive', 'key', 'templates', 'template.unarchive:deed'],
  ['POST /v1/templates/:id/hide', 'key', 'templates', 'template.hide:deed'],
  ['POST /v1/templates/:id/unhide', 'key', 'templates', 'template.unhide:deed'],
  ['POST /v1/templates/preview', 'key', 'read', 'none'],
  ['POST /v1/templates/samples', 'key', 'templates', 'template.sample:answer'],
  ['GET /v1/templates/library', 'key', 'read', 'none'],
  ['GET /v1/webhook-events', 'key', 'admin', 'none'],
  ['POST /v1/webhook-events/:id/replay', 'key', 'admin', 'webhook_event.replay:deed'],
  ['POST /v1/rate-cards', 'key', 'admin', 'rate_card.import:deed'],
  ['GET /v1/rate-cards', 'key', 'read', 'none'],
  ['GET /v1/costs', 'key', 'read', 'none'],
  ['POST /v1/webhook-endpoints', 'key', 'admin', 'endpoint.create:deed'],
  ['GET /v1/webhook-endpoints', 'key', 'admin', 'none'],
  ['GET /v1/webhook-endpoints/:id', 'key', 'admin', 'none'],
  ['PATCH /v1/webhook-endpoints/:id', 'key', 'admin', 'endpoint.update:deed'],
  ['DELETE /v1/webhook-endpoints/:id', 'key', 'admin', 'endpoint.delete:deed'],
  ['POST /v1/webhook-endpoints/:id/pause', 'key', 'admin', 'endpoint.pause:deed'],
  ['POST /v1/webhook-endpoints/:id/resume', 'key', 'admin', 'endpoint.resume:deed'],
  ['POST /v1/webhook-endpoints/:id/test', 'key', 'admin', 'endpoint.test:answer'],
  ['POST /v1/webhook-endpoints/:id/replay', 'key', 'admin', 'endpoint.replay:deed'],
  ['GET /v1/webhook-endpoints/:id/deliveries', 'key', 'admin', 'none'],
  ['POST /v1/webhook-endpoints/:id/deliveries/:delivery/replay', 'key', 'admin', 'endpoint.replay:deed'],
  ['POST /v1/webhook-endpoints/:id/deliveries/:delivery/skip', 'key', 'admin', 'endpoint.skip:deed'],
  ['GET /v1/sandbox/*', 'key', 'admin', 'none'],
  ['POST,PUT,PATCH,DELETE /v1/sandbox/*', 'key', 'admin', 'sandbox.control:answer'],
  ['POST graph/:phone_number_id/messages', 'key', 'send', 'none'],
  ['GET graph/:id', 'key', 'read', 'none'],
  ['GET graph/:id/content', 'key', 'read', 'none'],
  ['DELETE graph/:id', 'key', 'send', 'media.delete:answer'],
  ['POST graph/:id', 'key', 'templates', 'template.write:answer'],
  ['POST graph/:id/media', 'key', 'send', 'media.upload:answer'],
  ['GET graph/:id/message_templates', 'key', 'read', 'none'],
  ['GET graph/:id/message_template_previews', 'key', 'read', 'none'],
  ['GET graph/:id/phone_numbers', 'key', 'read', 'none'],
  ['GET graph/:id/subscribed_apps', 'key', 'read', 'none'],
  ['GET graph/:id/flows', 'key', 'read', 'none'],
  ['GET graph/:id/template_analytics', 'key', 'read', 'none'],
  ['GET graph/:id/conversation_analytics', 'key', 'read', 'none'],
  ['GET graph/:id/pricing_analytics', 'key', 'read', 'none'],
  ['GET graph/:id/whatsapp_business_profile', 'key', 'read', 'none'],
  ['GET graph/:id/whatsapp_commerce_settings', 'key', 'read', 'none'],
  ['GET graph/:id/message_history', 'key', 'read', 'none'],
  ['GET graph/:id/block_users', 'key', 'read', 'none'],
  ['GET graph/:id/message_qrdls', 'key', 'read', 'none'],
  ['GET graph/:id/message_qrdls/:item', 'key', 'read', 'none'],
  ['GET graph/message_template_library', 'key', 'read', 'none'],
  ['POST graph/:id/message_templates', 'key', 'templates', 'template.write:answer'],
  ['DELETE graph/:id/message_templates', 'key', 'templates', 'template.write:answer'],
  ['POST graph/:id/block_users', 'key', 'admin', 'graph.write:answer'],
  ['DELETE graph/:id/block_users', 'key', 'admin', 'graph.write:answer'],
  ['POST graph/:id/message_qrdls', 'key', 'admin', 'graph.write:answer'],
  ['POST graph/:id/message_qrdls/:item', 'key', 'admin', 'graph.write:answer'],
  ['DELETE graph/:id/message_qrdls/:item', 'key', 'admin', 'graph.write:answer'],
  ['POST graph/:id/whatsapp_business_profile', 'key', 'admin', 'graph.write:answer'],
  ['POST,DELETE graph/:id/:edge', 'key', 'read', 'graph.write:answer'],
]

it('lists every route with its guard, its scope and its place in the audit log', async () => {
  const routes: RouteOptions[] = []
  await startServer(
    {},
    {
      sandboxUrl: 'http://127.0.0.1:1',
      onRoute: (route) => void routes.push(route),
      queuesPlugin: async (app: FastifyInstance) => void app.get('/', async () => 'board'),
    },
  )
  const seen = new Map(
    routes
      .filter(({ method }) => String(method) !== 'HEAD' && String(method) !== 'HEAD,GET')
      .map((route) => [nameOf(route), lineOf(route)]),
  )
  const byName = (one: Line, other: Line) => one[0].localeCompare(other[0])
  expect([...seen.values()].sort(byName)).toEqual([...ROUTES].sort(byName))
})

function nameOf({ method, url }: RouteOptions): string {
  const path = url.startsWith(GRAPH_PREFIX) ? `graph${url.slice(GRAPH_PREFIX.length)}` : url
  return `${[method].flat()} ${path.startsWith('/docs') ? '/docs…' : path}`
}

function lineOf(route: RouteOptions): Line {
  const { guard = 'none', scope = 'none', audit, person, beforeTotp, confirm } = route.config ?? {}
  const confirms = confirm === true ? 'confirm' : confirm && `confirm ${confirm}`
  const asks = [person && 'person', beforeTotp && 'set-up', confirms].filter(Boolean).join(' ')
  const line = [nameOf(route), guard, scope, audit ? `${audit.action}:${audit.by}` : 'none'] as const
  return asks === '' ? [...line] : [...line, asks]
}

it('starts with no route that does not say what it asks of a key', async () => {
  const withRoute = (config: object) =>
    startServer({}, { onRoute: (route) => void (route.url === '/v1/me' && Object.assign(route, config)) })
  await expect(withRoute({ config: {} })).rejects.toThrow('expected the route GET /v1/me to declare a scope')
  await expect(withRoute({ method: 'POST', config: { scope: 'send' } })).rejects.toThrow('to declare its audit')
})
