import type { Role } from '../../domain/roles.ts'
import type { Defaulted, NullableTimestamp, Timestamp } from './schema.ts'

/* The tables of those who sign in; see schema.ts. */

export interface UsersTable {
  id: Defaulted<string>
  email: string
  password_hash: string | null
  totp_sealed: string | null
  totp_pending_sealed: string | null
  totp_step: Defaulted<string>
  created_at: Timestamp
}

export interface MembershipsTable {
  user_id: string
  workspace: string
  name: string
  role: Role
  disabled_at: NullableTimestamp
  created_at: Timestamp
}

export interface SessionsTable {
  id: Defaulted<string>
  token_hash: string
  user_id: string
  csrf_secret: string
  address: string | null
  user_agent: string | null
  created_at: Timestamp
  seen_at: Timestamp
  expires_at: Timestamp
  confirmed_at: NullableTimestamp
}

export interface SignInLinksTable {
  code_hash: string
  user_id: string | null
  workspace: string | null
  expires_at: Timestamp
}
