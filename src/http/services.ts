import type { Principal } from '../domain/access.ts'
import type { Deed, DeedOutcome, Doer, Origin } from '../domain/audit.ts'
import type { LiveType } from '../domain/live.ts'
import type { Role, Session, SignedIn } from '../domain/roles.ts'
import type { IntentPatch } from '../usecases/change-intent.ts'
import type { EnqueueResult } from '../usecases/enqueue-intent.ts'
import type { EndpointPatch, EndpointRequest } from '../usecases/manage-endpoints.ts'
import type { KeyRequest } from '../usecases/manage-keys.ts'
import type { WorkspacePatch } from '../usecases/manage-workspaces.ts'
import type { ClientRequest, MetaAnswer, MetaFile } from '../usecases/pass-through.ts'
import type { AuditQuery } from '../usecases/read-audit.ts'
import type { CostsQuery } from '../usecases/read-costs.ts'
import type { Browser, SignInInput, SignInResult } from '../usecases/sign-in.ts'
import type { MessageFile } from '../usecases/tend-conversations.ts'
import type { Upload } from '../usecases/upload-media.ts'
import type { BulkServices } from './bulk-services.ts'
import type { CampaignServices } from './campaign-services.ts'
import type { FlowServices } from './flow-run-services.ts'
import type { SenderServices } from './sender-services.ts'
import type { TemplateServices } from './template-services.ts'

/*
 * What the HTTP API asks of the rest, declared here because the API is who needs it. `app.ts` builds it from the use-cases. Shapes that
 * leave over HTTP are already in the contract's spelling (snake_case, ISO instants), so a route parses, calls and answers.
 */

export type { SenderInput, SenderPatch, SenderView } from './sender-services.ts'

/** Who is calling: what they see, who they are and what they may do. */
export type Caller = Principal &
  Doer & {
    /** Of somebody who signed in: everybody else has a key. */
    signedIn?: SignedIn
  }

export interface Page<T> {
  data: T[]
  next_cursor: string | null
}

/** An expected "no": the HTTP layer turns it into an error answer. Thrown nowhere, returned everywhere. */
export interface Refusal {
  status: 400 | 401 | 403 | 404 | 408 | 409 | 413 | 422 | 502 | 503
  code: string
  message: string
  field?: string
  problems?: Problem[]
  retryAt?: string
}

export type Answer<T> = { ok: true; value: T } | { ok: false; refusal: Refusal }

export interface ContactPatch {
  name?: string | null | undefined
  language?: string | null | undefined
  time_zone?: string | null | undefined
  attributes?: Record<string, string | number | boolean | null> | undefined
  unreachable?: null | undefined
}

/** Of one who looks. None of it throws, and none waits. */
export interface LiveStream {
  /** @param data JSON */
  send(event: string, data: string): void
  /** Something was missed. */
  resync(): void
  ping(): void
  /** They are not let in any more, or this process ends. */
  end(): void
}

/** A number and a person, as a path names them. */
export interface Between {
  sender: string
  contact: string
}

export interface ContactFilter {
  /** Part of a name, username, number or BSUID. */
  q?: string | undefined
  language?: string | undefined
  attributes?: Readonly<Record<string, string>> | undefined
  marketing?: 'in' | 'out' | 'unknown' | undefined
  cursor?: string | undefined
  limit: number
}

export interface IntentFilter {
  state?: string | undefined
  reason?: string | undefined
  sender?: string | undefined
  /** Digits of a wa_id or a BSUID. */
  to?: string | undefined
  wamid?: string | undefined
  /** An exact id, wamid, idempotency key or number. */
  q?: string | undefined
  /** ISO instants: created at or after, and before. */
  since?: string | undefined
  until?: string | undefined
  cursor?: string | undefined
  limit: number
}

export type SettleInput = { outcome: 'sent'; wamid?: string | undefined } | { outcome: 'not_sent' }

/** Views are plain JSON in the shapes of the contract; the OpenAPI schemas of the API describe them. */
export type View = Record<string, unknown>

/** What is wrong with a document, and where; `line` and `column` of a file, from 1. */
export interface Problem {
  path: string
  line?: number
  column?: number
  message: string
  hint?: string
}

export interface Services extends TemplateServices, CampaignServices, SenderServices, BulkServices, FlowServices {
  /** Null for a key that is none, or not valid. `address`: of whoever has it, for the limit on guessing. */
  authenticate(bearer: string, address?: string | null): Promise<Principal | null>

  /** Null for a token of no session, or of one that has ended. */
  authenticateSession(token: string, address?: string | null): Promise<Session | null>
  signIn(browser: Browser, input: SignInInput): Promise<SignInResult>

  /** What has no transaction to be written in: see http/audit.ts. */
  record(doer: Doer, deed: Deed, outcome: DeedOutcome): Promise<void>
  /** Somebody came with a credential that is none. */
  signInRefused(origin: Origin): Promise<void>
  listAudit(caller: Caller, query: AuditQuery): Promise<Answer<Page<View>>>

  me(caller: Caller): Promise<View>
  /** From here to `removeTotp` only for callers who signed in. */
  listSessions(caller: Caller): Promise<View[]>
  endSession(caller: Caller, id: string): Promise<Answer<null>>
  /** False for what is wrong. */
  confirmSession(caller: Caller, given: { password?: string | undefined; totp?: string | undefined }): Promise<boolean>
  setPassword(caller: Caller, password: string): Promise<Answer<null>>
  beginTotp(caller: Caller): Promise<Answer<{ secret: string; uri: string }>>
  setTotp(caller: Caller, code: string): Promise<Answer<null>>
  removeTotp(caller: Caller): Promise<Answer<null>>
  inviteUser(
    caller: Caller,
    input: { email: string; name: string; role: Role; workspace?: string | undefined },
  ): Promise<Answer<{ user: View; code: string | null; link_expires_at: string | null }>>
  listUsers(caller: Caller, workspace: string | undefined): Promise<Answer<View[]>>
  updateUser(
    caller: Caller,
    id: string,
    patch: { name?: string | undefined; role?: Role | undefined; disabled?: boolean | undefined },
    workspace: string | undefined,
  ): Promise<Answer<View>>
  removeUser(caller: Caller, id: string, workspace: string | undefined): Promise<Answer<null>>
  createWorkspace(caller: Caller, input: { id?: string | undefined; name: string }): Promise<Answer<View>>
  /** Of the whole installation: only for who may see it. */
  listWorkspaces(caller: Caller): Promise<View[]>
  getWorkspace(caller: Caller, id: string): Promise<Answer<View>>
  updateWorkspace(caller: Caller, id: string, changes: WorkspacePatch): Promise<Answer<View>>
  makeSigningSecret(caller: Caller, id: string): Promise<Answer<{ secret: string }>>
  createKey(caller: Caller, input: KeyRequest): Promise<Answer<View>>
  listKeys(caller: Caller, workspace: string | undefined): Promise<Answer<View[]>>
  revokeKey(caller: Caller, id: string, workspace: string | undefined): Promise<Answer<null>>

  enqueue(caller: Caller, inputs: unknown[]): Promise<EnqueueResult[]>
  /** The same, on record as one command. */
  enqueueBatch(caller: Caller, inputs: unknown[]): Promise<EnqueueResult[]>
  /** What would become of it; nothing is stored. */
  forecastIntent(caller: Caller, input: unknown): Promise<Answer<View>>
  getIntent(caller: Caller, id: string): Promise<Answer<View>>
  listIntents(caller: Caller, filter: IntentFilter): Promise<Answer<Page<View>>>
  /** `requested`: it may be on its way, so the wish is kept and honoured when it comes back. */
  cancelIntent(caller: Caller, id: string): Promise<Answer<{ intent: View; requested: boolean }>>
  /** Of one that has not left. */
  changeIntent(caller: Caller, id: string, patch: IntentPatch): Promise<Answer<View>>
  replayIntent(caller: Caller, id: string): Promise<Answer<View>>
  settleIntent(caller: Caller, id: string, input: SettleInput): Promise<Answer<View>>

  /** The bytes of a file of Meta's, as they came. */
  importRateCard(caller: Caller, validFrom: string, file: Buffer): Promise<Answer<View>>
  listRateCards(caller: Caller): Promise<View[]>
  /** Days, both included. */
  readCosts(caller: Caller, query: CostsQuery): Promise<Answer<View>>

  listConversations(
    caller: Caller,
    filter: {
      sender?: string | undefined
      open?: boolean | undefined
      window?: 'open' | 'closing' | 'ended' | 'never' | undefined
      free_entry_point?: 'possible' | 'open' | undefined
      waiting?: true | undefined
      unread?: true | undefined
      handed_over?: true | undefined
      q?: string | undefined
      sort?: 'activity' | 'closing' | undefined
      cursor?: string | undefined
      limit: number
    },
  ): Promise<Answer<Page<View>>>
  countConversations(caller: Caller, sender: string | null): Promise<Answer<View>>
  getConversation(caller: Caller, sender: string, contact: string): Promise<Answer<View>>
  /** Tells the stream what happens; answers how to leave. */
  joinLive(caller: Caller, types: ReadonlySet<LiveType> | null, stream: LiveStream): Promise<Answer<() => void>>

  /** Newest first. */
  listMessages(
    caller: Caller,
    between: Between,
    page: { cursor?: string | undefined; limit: number },
  ): Promise<Answer<Page<View>>>
  /** `range`: the client's, if it wants a part. */
  messageFile(caller: Caller, asked: Between & { wamid: string; range: string | null }): Promise<Answer<MessageFile>>
  readConversation(caller: Caller, between: Between, receipt: boolean): Promise<Answer<null>>
  takeConversation(caller: Caller, between: Between): Promise<Answer<null>>
  uploadMedia(caller: Caller, upload: Upload): Promise<Answer<{ id: string }>>

  /** True when the token of Meta's handshake is ours. */
  verifyToken(token: string): boolean
  /** False when the signature is missing or wrong; nothing is stored then. */
  receiveWebhook(raw: Buffer, signature: string | undefined): Promise<boolean>
  listWebhookEvents(
    caller: Caller,
    filter: { state?: string | undefined; cursor?: string | undefined; limit: number },
  ): Promise<Answer<Page<View>>>
  replayWebhookEvent(caller: Caller, id: string): Promise<Answer<View>>

  createEndpoint(caller: Caller, input: EndpointRequest): Promise<Answer<View>>
  listEndpoints(caller: Caller): Promise<View[]>
  getEndpoint(caller: Caller, id: string): Promise<Answer<View>>
  updateEndpoint(caller: Caller, id: string, patch: EndpointPatch): Promise<Answer<View>>
  deleteEndpoint(caller: Caller, id: string): Promise<Answer<null>>
  pauseEndpoint(caller: Caller, id: string): Promise<Answer<View>>
  resumeEndpoint(caller: Caller, id: string): Promise<Answer<View>>
  testEndpoint(caller: Caller, id: string): Promise<Answer<View>>
  /** Newest first. */
  listDeliveries(
    caller: Caller,
    endpoint: string,
    filter: { state?: 'pending' | 'delivered' | 'failed' | undefined; cursor?: string | undefined; limit: number },
  ): Promise<Answer<Page<View>>>
  /** ISO instants. */
  replayDeliveries(
    caller: Caller,
    endpoint: string,
    range: { from: string; to: string },
  ): Promise<Answer<{ job: string }>>
  replayDelivery(caller: Caller, endpoint: string, id: string): Promise<Answer<View>>
  skipDelivery(caller: Caller, endpoint: string, id: string): Promise<Answer<View>>

  /** Newest first. */
  listContacts(caller: Caller, filter: ContactFilter): Promise<Answer<Page<View>>>
  getContact(caller: Caller, contact: string): Promise<Answer<View>>
  updateContact(caller: Caller, contact: string, patch: ContactPatch): Promise<Answer<View>>
  /** Makes the person where nobody is known under this id. */
  putContact(caller: Caller, contact: string, patch: ContactPatch): Promise<Answer<{ created: boolean; contact: View }>>
  exportContact(caller: Caller, contact: string): Promise<Answer<View>>
  eraseContact(caller: Caller, contact: string): Promise<Answer<{ job: string }>>
  getJob(caller: Caller, id: string): Promise<Answer<View>>
  /** The intents that a bulk job has changed, newest first. */
  listJobItems(
    caller: Caller,
    id: string,
    page: { cursor?: string | undefined; limit: number },
  ): Promise<Answer<Page<View>>>
  recordConsent(
    caller: Caller,
    contact: string,
    input: { category: 'marketing' | 'utility'; state: 'in' | 'out'; evidence?: unknown },
  ): Promise<Answer<View>>

  /** What drop-in clients do besides sending goes to Graph with the token of the number or account that is addressed. */
  passThrough(caller: Caller, request: ClientRequest): Promise<Answer<MetaAnswer>>
  downloadMedium(
    caller: Caller,
    request: { id: string; query: URLSearchParams; range: string | null },
  ): Promise<Answer<MetaAnswer | MetaFile>>

  /** Empty when the process can do its work; else one sentence per dependency that is away. */
  notReady(): Promise<string[]>
  /** Whether a failure only says that the database is away for the moment. */
  isAway(error: unknown): boolean
  metrics(): Promise<{ contentType: string; body: string }>
}
