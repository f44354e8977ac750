import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { GraphError } from '../graph-error.ts'
import type { Json } from '../records.ts'
import type { World } from '../world.ts'
import * as accounts from './accounts.ts'
import { authorise, bodyOf, expectScope, findNode, type GraphCall, type Node } from './call.ts'
import { strike, wait } from './fault-answers.ts'
import * as library from './library.ts'
import * as media from './media.ts'
import * as messages from './messages.ts'
import * as templates from './templates.ts'
import * as uploads from './uploads.ts'

type Answer = Json | FastifyReply | Promise<Json>
type On<K extends Node['kind']> = (call: GraphCall, node: Extract<Node, { kind: K }>) => Answer

const ON_NUMBER: Record<string, On<'number'>> = {
  GET: (call, { number }) => accounts.readNumber(call, number),
  'POST messages': (call, { number }) => messages.postMessage(call, number, 'messages'),
  'POST marketing_messages': (call, { number }) => messages.postMessage(call, number, 'marketing_messages'),
  'POST media': (call, { number }) => media.uploadMedia(call, number),
  'GET message_history': (call, { number }) => accounts.readHistory(call, number),
  'POST register': () => ({ success: true }),
  'POST deregister': () => ({ success: true }),
}

const ON_WABA: Record<string, On<'waba'>> = {
  GET: (call, { waba }) => accounts.readWaba(call, waba),
  'GET phone_numbers': (call, { waba }) => accounts.listNumbers(call, waba),
  'GET message_templates': (call, { waba }) => templates.listTemplates(call, waba),
  'POST message_templates': (call, { waba }) => templates.createTemplate(call, waba),
  'DELETE message_templates': (call, { waba }) => templates.deleteTemplates(call, waba),
  'POST message_templates/archive': (call, { waba }) => templates.moveTemplates(call, waba, 'archive'),
  'POST message_templates/unarchive': (call, { waba }) => templates.moveTemplates(call, waba, 'unarchive'),
  'GET subscribed_apps': (call, { waba }) => accounts.listSubscriptions(call, waba),
  'POST subscribed_apps': (call, { waba }) => accounts.subscribe(call, waba),
  'DELETE subscribed_apps': (call, { waba }) => accounts.unsubscribe(call, waba),
}

const ON_TEMPLATE: Record<string, On<'template'>> = {
  GET: (call, { template }) => templates.readTemplate(call, template),
  POST: (call, { template }) => templates.editTemplate(call, template),
  'POST unpause': (call, { template }) => templates.unpauseTemplate(call, template),
}

const ON_MEDIA: Record<string, On<'media'>> = {
  GET: (call, node) => media.readMedia(call, node.media),
  DELETE: (call, node) => media.deleteMedia(call, node.media),
}

/** Edges whose calls are not counted as management and need the messaging permission instead. */
const MESSAGING_EDGES: readonly string[] = ['messages', 'marketing_messages', 'media']

/** The Graph API: every path is a node id and perhaps an edge; the version in front was cut off before. */
export function graphRoutes(app: FastifyInstance, world: World): void {
  const alone = (handle: (call: GraphCall) => Answer) => (request: FastifyRequest, reply: FastifyReply) =>
    handle({ world, request, reply, token: authorise(world, request), wabaId: '', fault: null })

  app.get('/me', alone(accounts.readMe))
  app.get('/me/permissions', alone(accounts.readPermissions))
  app.get('/debug_token', alone(accounts.debugToken))
  app.get('/app', alone(accounts.readApp))
  app.get('/message_template_library', alone(library.readLibrary))
  app.get('/whatsapp_business/attachments/', alone(media.downloadMedia))

  const method: ('GET' | 'POST' | 'DELETE')[] = ['GET', 'POST', 'DELETE']
  app.route<{ Params: { id: string; edge?: string } }>({
    method,
    url: '/:id',
    handler: (request, reply) => onNode(world, request, reply, request.params.id, null),
  })
  app.route<{ Params: { id: string; edge: string } }>({
    method,
    url: '/:id/:edge',
    handler: (request, reply) => onNode(world, request, reply, request.params.id, request.params.edge),
  })
  app.post<{ Params: { id: string; edge: string; deed: string } }>('/:id/:edge/:deed', (request, reply) =>
    onNode(world, request, reply, request.params.id, `${request.params.edge}/${request.params.deed}`),
  )
}

async function onNode(
  world: World,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
  edge: string | null,
): Promise<unknown> {
  const token = authorise(world, request)
  const alone: GraphCall = { world, request, reply, token, wabaId: '', fault: null }
  if (request.method === 'POST' && edge === 'uploads' && id === token.appId) return uploads.openUpload(alone)
  if (request.method === 'POST' && edge === null && id.startsWith('upload:')) return uploads.fillUpload(alone, id)
  const node = findNode(world, token, id)
  if (!node) throw noSuchNode(request, id)
  const fault = world.faults.take({
    edge: edge ?? '',
    phoneNumberId: node.kind === 'number' ? node.number.id : null,
    to: addresseeOf(request, edge),
  })
  const call: GraphCall = { world, request, reply, token, wabaId: node.waba.id, fault }
  if (world.knobs.latencyMs > 0) await wait(world.knobs.latencyMs, request)
  if (fault && !fault.accept) {
    if (node.kind === 'number' && isSend(edge)) messages.recordStopped(call, node.number, edge)
    return strike(call, fault)
  }
  if (!MESSAGING_EDGES.includes(edge ?? '') && node.kind !== 'media') countManagementCall(call, node)
  const answer = await answerTo(call, node, edge)
  return fault ? strike(call, fault, answer) : answer
}

function answerTo(call: GraphCall, node: Node, edge: string | null): Answer {
  const name = edge === null ? call.request.method : `${call.request.method} ${edge}`
  const handled =
    node.kind === 'number'
      ? ON_NUMBER[name]?.(call, node)
      : node.kind === 'waba'
        ? ON_WABA[name]?.(call, node)
        : node.kind === 'template'
          ? ON_TEMPLATE[name]?.(call, node)
          : ON_MEDIA[name]?.(call, node)
  if (handled !== undefined) return handled
  const message =
    edge === null ? `Unsupported ${call.request.method.toLowerCase()} request.` : `Unknown path components: /${edge}`
  throw new GraphError(edge === null ? 100 : 2500, '', { message })
}

function isSend(edge: string | null): edge is 'messages' | 'marketing_messages' {
  return edge === 'messages' || edge === 'marketing_messages'
}

function addresseeOf(request: FastifyRequest, edge: string | null): string | null {
  if (!isSend(edge)) return null
  const { to, recipient } = bodyOf(request)
  return to !== undefined ? String(to) : recipient !== undefined ? String(recipient) : null
}

/** Words for an id nobody has, or that this token may not see: Graph tells no difference. */
export function noSuchNode(request: FastifyRequest, id: string): GraphError {
  if (!/^\d+$/.test(id)) {
    return new GraphError(2500, '', { message: `Unknown path components: /${id}` })
  }
  const verb = request.method.toLowerCase()
  return new GraphError(100, '', {
    subcode: 33,
    message: `Unsupported ${verb} request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api`,
  })
}

/** Counts a call against the WABA's hour and says so in the usage headers; past the limit it is 80008. */
function countManagementCall(call: GraphCall, node: Node): void {
  expectScope(call.token, 'whatsapp_business_management')
  const { world, reply } = call
  const usage = world.meters.managementCalls(node.waba.id)
  const hour = Math.floor(world.clock.now() / 3_600_000)
  if (usage.hour !== hour) Object.assign(usage, { hour, count: 0 })
  usage.count += 1
  const limit = world.knobs.managementCallsPerHour
  const percent = Math.min(Math.floor((usage.count * 100) / limit), 100)
  const exceeded = usage.count > limit
  const regainMinutes = exceeded ? Math.ceil(((hour + 1) * 3_600_000 - world.clock.now()) / 60_000) : 0
  const entry = { type: 'whatsapp_business_management', call_count: percent, total_cputime: 1, total_time: 1 }
  reply.header(
    'x-business-use-case-usage',
    JSON.stringify({ [node.waba.id]: [{ ...entry, estimated_time_to_regain_access: regainMinutes }] }),
  )
  reply.header('x-app-usage', JSON.stringify({ call_count: percent, total_cputime: 0, total_time: 0 }))
  if (exceeded) throw new GraphError(80008, `More than ${limit} management calls in one hour.`)
}
