import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import {
  keyBody,
  keyView,
  keyWithSecretView,
  meView,
  ofWorkspaceQuery,
  signingSecretView,
  workspaceBody,
  workspaceInListView,
  workspacePatchBody,
  workspacePath,
  workspaceView,
} from '../access-schemas.ts'
import { errors, forBody, forKey, json } from '../document.ts'
import { unwrap } from '../errors.ts'
import { keyPath } from '../schemas.ts'
import type { Services } from '../services.ts'
import { listView } from '../views.ts'

const tags = ['Access']
const workspace = json('The workspace.', workspaceView)

/** Who may do what: workspaces, keys, and what the caller's own key is. */
export function accessRoutes(services: Services): FastifyPluginAsyncZod {
  return async (app) => {
    app.get('/me', {
      config: { scope: 'read', beforeTotp: true },
      schema: {
        tags,
        operationId: 'whoAmI',
        summary: 'Who this key or session is, and what they may do',
        response: { 200: json('The caller.', meView), ...errors(...forKey) },
      },
      handler: async (request) => services.me(request.caller),
    })

    app.post('/workspaces', {
      config: { scope: 'system', ofAllNumbers: true, audit: { action: 'workspace.create', by: 'deed' } },
      schema: {
        tags,
        operationId: 'createWorkspace',
        summary: 'Make a workspace',
        description: 'Without `id`, one is made of the name.',
        body: workspaceBody,
        response: { 201: json('Made.', workspaceInListView), ...errors(...forBody, ...forKey, 409) },
      },
      handler: async (request, reply) =>
        reply.code(201).send(unwrap(await services.createWorkspace(request.caller, request.body))),
    })

    app.get('/workspaces', {
      config: { scope: 'system', ofAllNumbers: true },
      schema: {
        tags,
        operationId: 'listWorkspaces',
        summary: 'List all workspaces',
        description: 'Always one page.',
        response: { 200: json('All of them.', listView(workspaceInListView)), ...errors(...forKey) },
      },
      handler: async (request) => ({ data: await services.listWorkspaces(request.caller), next_cursor: null }),
    })

    app.get('/workspaces/:id', {
      config: { scope: 'admin' },
      schema: {
        tags,
        operationId: 'getWorkspace',
        summary: 'Read a workspace',
        description: 'Another than the own one needs the scope `system`.',
        params: workspacePath,
        response: { 200: workspace, ...errors(...forKey, 404) },
      },
      handler: async (request) => unwrap(await services.getWorkspace(request.caller, request.params.id)),
    })

    app.patch('/workspaces/:id', {
      config: { scope: 'admin', ofAllNumbers: true, audit: { action: 'workspace.update', by: 'deed' } },
      schema: {
        tags,
        operationId: 'updateWorkspace',
        summary: 'Change a workspace',
        description: 'null forgets a value: then the words that are known of every language count.',
        params: workspacePath,
        body: workspacePatchBody,
        response: { 200: workspace, ...errors(...forBody, ...forKey, 404) },
      },
      handler: async (request) =>
        unwrap(await services.updateWorkspace(request.caller, request.params.id, request.body)),
    })

    app.post('/workspaces/:id/signing-secret', {
      config: { scope: 'admin', ofAllNumbers: true, confirm: true, audit: { action: 'workspace.sign', by: 'deed' } },
      schema: {
        tags,
        operationId: 'makeSigningSecret',
        summary: 'Make the secret anew that calls of flows are signed with',
        description:
          'By Standard Webhooks. It is in this answer and never again; what is called from now on is signed with it, and with no other.',
        params: workspacePath,
        response: { 200: json('Made.', signingSecretView), ...errors(...forKey, 404) },
      },
      handler: async (request) => unwrap(await services.makeSigningSecret(request.caller, request.params.id)),
    })

    app.post('/api-keys', {
      config: { scope: 'admin', confirm: true, audit: { action: 'key.create', by: 'deed' } },
      schema: {
        tags,
        operationId: 'createKey',
        summary: 'Make an API key',
        description: 'The key is in this answer and never again. Nobody gives a scope or a number that they lack.',
        body: keyBody,
        response: { 201: json('Made.', keyWithSecretView), ...errors(...forBody, ...forKey, 404) },
      },
      handler: async (request, reply) =>
        reply.code(201).send(unwrap(await services.createKey(request.caller, request.body))),
    })

    app.get('/api-keys', {
      config: { scope: 'admin' },
      schema: {
        tags,
        operationId: 'listKeys',
        summary: 'List API keys that are not revoked',
        description: 'Always one page. Keys of the environment are not among them.',
        querystring: ofWorkspaceQuery,
        response: { 200: json('All of them.', listView(keyView)), ...errors(400, ...forKey, 404) },
      },
      handler: async (request) => ({
        data: unwrap(await services.listKeys(request.caller, request.query.workspace)),
        next_cursor: null,
      }),
    })

    app.delete('/api-keys/:id', {
      config: { scope: 'admin', audit: { action: 'key.revoke', by: 'deed' } },
      schema: {
        tags,
        operationId: 'revokeKey',
        summary: 'Revoke an API key',
        description: 'At once, on all processes.',
        params: keyPath,
        querystring: ofWorkspaceQuery,
        response: { 204: z.null().describe('Revoked.'), ...errors(...forKey, 404) },
      },
      handler: async (request, reply) => {
        unwrap(await services.revokeKey(request.caller, request.params.id, request.query.workspace))
        return reply.code(204).send(null)
      },
    })
  }
}
