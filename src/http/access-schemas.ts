import * as z from 'zod'
import { SCOPES } from '../domain/access.ts'
import { zonedInstant } from '../domain/date-time.ts'
import { budgetBody } from './money-schemas.ts'
import { graphId, line, name, page } from './schemas.ts'

/* What requests about workspaces and keys carry, and what is answered. */

const workspaceId = z
  .string()
  .regex(/^[a-z0-9-]{1,40}$/, 'to be 1 to 40 lower-case letters, digits and dashes')
  .meta({ examples: ['default'] })

export const workspacePath = z.object({ id: workspaceId })
export const ofWorkspaceQuery = z.strictObject({
  workspace: workspaceId.optional().meta({ description: 'Another than the own one needs the scope `system`.' }),
})

export const workspaceBody = z.strictObject({ id: workspaceId.optional(), name: name(128) })

const language = z.string().regex(/^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,2}$/, 'to be a language code such as "pt_BR"')
const words = z.record(language, z.array(line(256)).max(100)).meta({ examples: [{ en: ['stop', 'unsubscribe'] }] })

const onCategoryChange = z.enum(['go_on', 'hold']).meta({
  description:
    '`hold`: what would use a template waits once Meta has given it another category, until `POST /v1/templates/{id}/unpause`.',
})

export const workspacePatchBody = z.strictObject({
  name: name(128).optional(),
  stop_words: words.nullable().optional(),
  start_words: words.nullable().optional(),
  stop_buttons: z.array(line(256)).max(100).nullable().optional(),
  stop_reply: z.record(language, line(4096)).nullable().optional(),
  on_category_change: onCategoryChange.optional(),
  require_totp: z.boolean().optional().meta({
    description: 'Admins who sign in need a second factor; who has none can do nothing but set one up.',
  }),
  budget: budgetBody.nullable().optional(),
})

export const keyBody = z
  .strictObject({
    name: name(128),
    scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length),
    senders: z.array(graphId).min(1).max(1000).nullable().optional().meta({
      description: 'The key sees and uses these numbers only; without, all of the workspace.',
    }),
    expires_at: zonedInstant().nullable().optional(),
    allow_query: z.boolean().optional(),
    workspace: workspaceId.optional().meta({ description: 'Another than the own one needs the scope `system`.' }),
  })
  .meta({ examples: [{ name: 'shop', scopes: ['send'] }] })

const givenInstant = zonedInstant()

export const auditQuery = z.strictObject({
  who: line(64).optional().meta({ description: "An actor's id." }),
  action: z
    .string()
    .regex(/^[a-z_]{1,32}\.([a-z_]{1,32}|\*)$/, 'to be an action such as "sender.pause", or "sender.*"')
    .optional(),
  object: z
    .string()
    .regex(/^[a-z_]{1,32}(:.{1,200})?$/, 'to be a kind such as "sender", or a kind and an id')
    .optional()
    .meta({ examples: ['sender:106540352242922'] }),
  since: givenInstant.optional(),
  until: givenInstant.optional(),
  ...page,
})

const instant = z.string().meta({ format: 'date-time' })
const actor = z.looseObject({ kind: z.string(), id: z.string().nullable(), name: z.string() })

export const workspaceInListView = z.looseObject({ id: z.string(), name: z.string(), created_at: instant })

export const workspaceView = workspaceInListView
  .extend({
    stop_words: z.record(z.string(), z.array(z.string())),
    start_words: z.record(z.string(), z.array(z.string())),
    stop_buttons: z.array(z.string()),
    stop_reply: z.record(z.string(), z.string()).nullable(),
    on_category_change: onCategoryChange,
    require_totp: z.boolean(),
    budget: budgetBody.nullable(),
  })
  .meta({ id: 'Workspace' })

export const keyView = z
  .looseObject({
    id: z.string(),
    prefix: z.string().meta({ description: 'How the key begins, to tell keys apart.' }),
    name: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    workspace: z.string(),
    senders: z.array(z.string()).nullable(),
    allow_query: z.boolean(),
    expires_at: instant.nullable(),
    last_used_at: instant.nullable().meta({ description: 'Right to a minute.' }),
    created_at: instant,
    created_by: actor.nullable(),
  })
  .meta({ id: 'ApiKey' })

export const keyWithSecretView = keyView.extend({ key: z.string() }).meta({ id: 'NewApiKey' })

export const meView = z
  .looseObject({
    kind: z.enum(['key', 'user']),
    id: z.string(),
    name: z.string(),
    workspace: z.string(),
    workspaces: z.array(z.looseObject({ id: z.string(), name: z.string(), role: z.string() })),
    scopes: z.array(z.string()),
    senders: z.array(z.string()).nullable(),
  })
  .meta({ id: 'Me' })

export const auditView = z
  .looseObject({
    id: z.string(),
    at: instant,
    workspace: z.string(),
    actor,
    address: z.string().nullable(),
    action: z.string(),
    object: z.looseObject({ kind: z.string(), id: z.string().nullable() }),
    outcome: z.enum(['done', 'refused', 'failed']),
    request_id: z.string().nullable().meta({ description: 'The X-Request-Id of the answer.' }),
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditEvent' })

export const signingSecretView = z.looseObject({ secret: z.string().meta({ description: '`whsec_` and base64.' }) })
