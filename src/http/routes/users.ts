import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { errors, forBody, forKey, json } from '../document.ts'
import { unwrap } from '../errors.ts'
import { invitedView, personPath, personQuery, userBody, userPatchBody, userView } from '../people-schemas.ts'
import type { Services } from '../services.ts'
import { listView } from '../views.ts'

const tags = ['People']

/** The people of a workspace. */
export function userRoutes(services: Services, publicUrl: string | null): FastifyPluginAsyncZod {
  /** The code stands in the fragment, which browsers send nowhere. */
  const linkOf = ({ protocol, host }: FastifyRequest, code: string) =>
    `${publicUrl ?? `${protocol}://${host}`}/#code=${code}`

  return async (app) => {
    app.post('/users', {
      config: { scope: 'admin', ofAllNumbers: true, audit: { action: 'user.invite', by: 'deed' } },
      schema: {
        tags,
        operationId: 'inviteUser',
        summary: 'Invite somebody',
        description:
          'The link is in this answer and never again; it signs them in once, within three days. An e-mail address that is known gets the membership, and `link: null`.',
        body: userBody,
        response: { 201: json('Invited.', invitedView), ...errors(...forBody, ...forKey, 404, 409) },
      },
      handler: async (request, reply) => {
        const { user, code, link_expires_at } = unwrap(await services.inviteUser(request.caller, request.body))
        const link = code === null ? null : linkOf(request, code)
        return reply.code(201).send({ ...user, link, link_expires_at })
      },
    })

    app.get('/users', {
      config: { scope: 'admin', ofAllNumbers: true },
      schema: {
        tags,
        operationId: 'listUsers',
        summary: 'List the people of the workspace',
        description: 'Always one page. What they are elsewhere is not shown.',
        querystring: personQuery,
        response: { 200: json('All of them.', listView(userView)), ...errors(400, ...forKey, 404) },
      },
      handler: async (request) => ({
        data: unwrap(await services.listUsers(request.caller, request.query.workspace)),
        next_cursor: null,
      }),
    })

    app.patch('/users/:id', {
      config: { scope: 'admin', ofAllNumbers: true, audit: { action: 'user.update', by: 'deed' } },
      schema: {
        tags,
        operationId: 'updateUser',
        summary: 'Change what somebody is here',
        description:
          'Counts for their next request. Who is disabled is let in no more; other workspaces are not concerned. The last admin of a workspace stays one (409 `last_admin`).',
        params: personPath,
        querystring: personQuery,
        body: userPatchBody,
        response: { 200: json('Changed.', userView), ...errors(...forBody, ...forKey, 404, 409) },
      },
      handler: async ({ caller, params, body, query }) =>
        unwrap(await services.updateUser(caller, params.id, body, query.workspace)),
    })

    app.delete('/users/:id', {
      config: { scope: 'admin', ofAllNumbers: true, audit: { action: 'user.remove', by: 'deed' } },
      schema: {
        tags,
        operationId: 'removeUser',
        summary: 'Remove somebody from the workspace',
        description:
          'Counts at once. Who is in no workspace any more is forgotten. The last admin of a workspace is not removed (409 `last_admin`).',
        params: personPath,
        querystring: personQuery,
        response: { 204: z.null().describe('Removed.'), ...errors(...forKey, 404, 409) },
      },
      handler: async ({ caller, params, query }, reply) => {
        unwrap(await services.removeUser(caller, params.id, query.workspace))
        return reply.code(204).send(null)
      },
    })
  }
}
