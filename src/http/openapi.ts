import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { guardAll } from './auth.ts'
import { OWN_FILES_ONLY } from './content-security.ts'
import { publicPath } from './graph-paths.ts'
import { onlyUsedComponents } from './openapi-components.ts'
import { webhooks } from './openapi-webhooks.ts'
import { intentExample } from './schemas.ts'

const tags = [
  { name: 'Access', description: 'Workspaces, and the keys to them.' },
  { name: 'People', description: 'Who signs in, and their sessions.' },
  { name: 'Intents', description: 'What should be sent, and what became of it.' },
  {
    name: 'Conversations',
    description: 'The customer service window and the free entry point of each sender and contact.',
  },
  { name: 'Campaigns', description: 'The same message to a list of people.' },
  { name: 'Flows', description: 'What a customer is sent, asked and given to, step by step.' },
  { name: 'Contacts', description: 'Who is written to, and what they agreed to.' },
  { name: 'Jobs', description: 'What runs longer than a request.' },
  { name: 'Senders', description: 'The phone numbers that are sent from.' },
  { name: 'Templates', description: 'As Meta holds them.' },
  { name: 'Money', description: "Meta's price lists, and what messages cost." },
  { name: 'Webhooks', description: "Meta's events." },
  { name: 'Passing on', description: "Programs that are told, over HTTP: Meta's webhooks, or news of Casement's own." },
  { name: 'Live', description: 'What happens, as it happens.' },
  { name: 'Drop-in', description: "The Cloud API's own paths, for clients written for it." },
  { name: 'Operations', description: 'For machines that watch.' },
]

const description = `Outbound messages for the WhatsApp Cloud API that know, when they leave, whether the window is open.

Authenticate with \`Authorization: Bearer <api key>\`. A key belongs to a workspace, and what belongs to another does not exist. Scopes are \`read\` (in all others), \`send\`, \`templates\`, \`campaigns\`, \`admin\` (all of its workspace) and \`system\`; \`x-casement-scope\` of an operation says which it needs. People sign in (\`POST /v1/session\`) and have a role: viewer is \`read\`, operator \`send\`, \`templates\` and \`campaigns\`, admin \`admin\`. With a session \`?workspace=\` chooses one of theirs, every write needs \`x-csrf-token\`, and some ask for the password again (403 \`confirm_required\`).
Errors always have the shape of \`Error\`; under the drop-in paths that of \`CloudApiError\`.
Lists take \`limit\` (at most 1000) and \`cursor\`, which is \`next_cursor\` of the page before; null means that was the last.
JSON bodies are at most 1 MiB, webhooks at most 3 MiB.

\`/queues\` shows the lanes in a browser: a session, or HTTP Basic, any user name, an \`admin\` key of \`default\` as password.`

/**
 * Has to be registered before the routes it describes.
 *
 * @param access who may read it: anybody, nobody, or whom a hook lets pass
 */
export async function describeRoutes(
  app: FastifyInstance,
  version: string,
  access: 'open' | 'off' | onRequestAsyncHookHandler,
): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Casement', version, description, license: { name: 'MIT', identifier: 'MIT' } },
      servers: [{ url: '/' }],
      tags,
      security: [{ apiKey: [] }, { session: [] }],
      components: {
        securitySchemes: {
          apiKey: { type: 'http', scheme: 'bearer', description: 'A Casement API key.' },
          accessToken: {
            type: 'apiKey',
            in: 'query',
            name: 'access_token',
            description: 'The same key, on drop-in paths only.',
          },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: '__Host-casement',
            description:
              'Of somebody who signed in; `casement_<port>` over plain http. Writes need `x-csrf-token` with it.',
          },
        },
      },
    },
    transform: (route) => {
      const { schema, url } = jsonSchemaTransform(route)
      const scope = route.route.config?.scope
      const documented = scope === undefined ? schema : { ...schema, 'x-casement-scope': scope }
      return { schema: documented, url: publicPath(url) }
    },
    transformObject: (document) =>
      onlyUsedComponents(
        { ...jsonSchemaTransformObject(document), webhooks: webhooks() },
        { IntentRequest: { examples: [intentExample] } },
      ),
  })
  if (access === 'off') return
  await app.register(async (docs) => {
    guardAll(docs, access === 'open' ? 'open' : 'key')
    if (access !== 'open') docs.addHook('onRequest', access)
    docs.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
    await docs.register(swaggerUi, {
      routePrefix: '/docs',
      staticCSP: OWN_FILES_ONLY,
      uiConfig: { docExpansion: 'list', validatorUrl: null },
    })
  })
}
