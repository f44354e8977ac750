import * as z from 'zod'
import { characters } from '../domain/content.ts'
import { ROLES } from '../domain/roles.ts'
import { ofWorkspaceQuery } from './access-schemas.ts'
import { name } from './schemas.ts'

/* What requests about people and their sessions carry, and what is answered. */

const email = z
  .string()
  .max(254)
  .regex(/^[^\s\p{C}@]+@[^\s\p{C}@]+$/u, 'to be an e-mail address')
  .meta({ examples: ['ana@example.com'] })
/** Of those that exist: what is too short is simply wrong. */
const givenPassword = z.string().min(1).max(256)
const newPassword = z
  .string()
  .refine((password) => characters(password) >= 12, 'to be at least 12 characters')
  .max(256, 'to be at most 256 characters')
  .meta({ description: '12 to 256 characters.', writeOnly: true })
const totp = z.string().regex(/^\d{6}$/, 'to be the six digits that the authenticator shows')
const code = z.string().regex(/^[\w-]{20,64}$/, 'to be the code of a link, which stands behind #code=')

export const signInBody = z
  .union([z.strictObject({ link: code }), z.strictObject({ email, password: givenPassword, totp: totp.optional() })], {
    error: 'to be {email, password, totp?} or {link}',
  })
  .meta({ examples: [{ email: 'ana@example.com', password: 'a long password of hers', totp: '123456' }] })

export const confirmBody = z.union([z.strictObject({ password: givenPassword }), z.strictObject({ totp })], {
  error: 'to be {password} or {totp}',
})
export const passwordBody = z.strictObject({ password: newPassword })
export const totpBody = z.strictObject({ totp })

export const personPath = z.object({ id: z.uuid() })
export const personQuery = ofWorkspaceQuery

const role = z.enum(ROLES)

export const userBody = z
  .strictObject({
    email,
    name: name(128),
    role,
    workspace: ofWorkspaceQuery.shape.workspace,
  })
  .meta({ examples: [{ email: 'ana@example.com', name: 'Ana Example', role: 'operator' }] })

export const userPatchBody = z.strictObject({
  name: name(128).optional(),
  role: role.optional(),
  disabled: z.boolean().optional(),
})

const instant = z.string().meta({ format: 'date-time' })

export const userView = z
  .looseObject({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    memberships: z.array(z.looseObject({ workspace: z.string(), role })),
    disabled: z.boolean(),
    has_password: z.boolean(),
    has_totp: z.boolean(),
    created_at: instant,
    last_seen_at: instant.nullable(),
  })
  .meta({ id: 'User' })

export const invitedView = userView
  .extend({
    link: z.string().nullable().meta({ description: 'Signs them in, once. null: the e-mail address was known.' }),
    link_expires_at: instant.nullable(),
  })
  .meta({ id: 'InvitedUser' })

export const signedInView = z
  .looseObject({
    user: z.looseObject({ id: z.string(), email: z.string(), name: z.string() }),
    workspace: z.string(),
    role,
    csrf_token: z.string().meta({ description: 'To be sent as x-csrf-token with everything that changes something.' }),
    expires_at: instant,
    has_password: z.boolean(),
    has_totp: z.boolean(),
  })
  .meta({ id: 'SignedIn' })

export const sessionView = z
  .looseObject({
    id: z.string(),
    address: z.string().nullable(),
    user_agent: z.string().nullable(),
    created_at: instant,
    last_seen_at: instant.meta({ description: 'Right to a minute.' }),
    expires_at: instant,
    current: z.boolean(),
  })
  .meta({ id: 'Session' })

export const newTotpView = z
  .looseObject({ secret: z.string(), uri: z.string().meta({ description: 'For the QR code.' }) })
  .meta({ id: 'NewTotp' })
