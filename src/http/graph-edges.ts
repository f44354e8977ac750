import type { Scope } from '../domain/access.ts'
import type { ObjectKind } from '../usecases/pass-through.ts'

/*
 * What is handed on to Meta for drop-in clients: these edges, with these parameters. A key of ours stands for a token that can do more
 * than the key's holder may, and Graph takes orders in many places (`?method=delete` on a GET, `batch`, `fields` that walk to other
 * objects), so what travels is chosen and nothing else does. Not here on purpose: `marketing_messages` and `calls` would reach a customer
 * past the window and the limits, `register`, `deregister` and `subscribed_apps` would take the number away from us.
 * Source: Meta, Cloud API and Business Management API reference (read 2026-11).
 */

export interface Edge {
  method: 'GET' | 'POST' | 'DELETE'
  /** Behind the id; empty for the object itself. `:item` is one of the edge's own. */
  path: string
  /** What the id may be of. */
  on: readonly ObjectKind[]
  scope: Scope
  query?: readonly string[]
  /** Members of the body, where there is one. */
  members?: readonly string[]
  /** What Meta makes, and answers the id of. */
  makes?: 'medium' | 'template'
  /** What it is called in the audit log; a read is called nothing. */
  action?: string
  /** Told in the OpenAPI document. */
  document?: { operationId: string; summary: string }
}

const PAGES = ['after', 'before', 'limit']
const LIST = ['fields', 'summary', ...PAGES]
const TEMPLATE_MEMBERS = [
  'allow_category_change',
  'category',
  'components',
  'creative_sourcing_spec',
  'cta_url_link_tracking_opted_out',
  'degrees_of_freedom_spec',
  'display_format',
  'is_primary_device_delivery_only',
  'language',
  'library_template_body_inputs',
  'library_template_button_inputs',
  'library_template_name',
  'message_send_ttl_seconds',
  'name',
  'parameter_format',
  'quality_score_category',
  'sub_category',
]
const PROFILE = ['about', 'address', 'description', 'email', 'vertical', 'websites']
const QR_CODE = ['code', 'generate_qr_image', 'prefilled_message']
const INSIGHTS = [
  'conversation_categories',
  'conversation_directions',
  'conversation_types',
  'country_codes',
  'dimensions',
  'end',
  'granularity',
  'metric_types',
  'phone_numbers',
  'pricing_categories',
  'pricing_types',
  'product_type',
  'start',
  'template_ids',
  'use_waba_timezone',
]

const number = ['number'] as const
const account = ['account'] as const

export const EDGES: readonly Edge[] = [
  {
    method: 'GET',
    path: '',
    on: ['number', 'account', 'template', 'medium'],
    scope: 'read',
    query: ['fields', 'phone_number_id'],
    document: { operationId: 'cloudApiReadNode', summary: 'Read a media object, a number, its account or a template' },
  },
  {
    method: 'DELETE',
    path: '',
    on: ['medium'],
    scope: 'send',
    action: 'media.delete',
    query: ['phone_number_id'],
    members: [],
    document: { operationId: 'cloudApiDeleteMedia', summary: 'Delete a media object' },
  },
  {
    method: 'POST',
    path: '',
    on: ['template'],
    scope: 'templates',
    action: 'template.write',
    members: TEMPLATE_MEMBERS,
    document: { operationId: 'cloudApiEditTemplate', summary: 'Edit a template' },
  },
  {
    method: 'GET',
    path: '/message_templates',
    on: account,
    scope: 'read',
    query: [
      ...LIST,
      'category',
      'content',
      'language',
      'name',
      'name_or_content',
      'order',
      'quality_score',
      'source',
      'status',
    ],
    document: { operationId: 'cloudApiListTemplates', summary: 'List templates at Meta' },
  },
  {
    method: 'POST',
    path: '/message_templates',
    on: account,
    scope: 'templates',
    action: 'template.write',
    members: TEMPLATE_MEMBERS,
    makes: 'template',
    document: { operationId: 'cloudApiCreateTemplate', summary: 'Create a template at Meta' },
  },
  {
    method: 'DELETE',
    path: '/message_templates',
    on: account,
    scope: 'templates',
    action: 'template.write',
    query: ['hsm_id', 'hsm_ids', 'language', 'name'],
    members: ['hsm_id', 'hsm_ids', 'language', 'name'],
  },
  {
    method: 'GET',
    path: '/message_template_previews',
    on: account,
    scope: 'read',
    query: [
      'add_security_recommendation',
      'button_types',
      'category',
      'code_expiration_minutes',
      'language',
      'languages',
    ],
  },
  { method: 'GET', path: '/phone_numbers', on: account, scope: 'read', query: [...LIST, 'filtering', 'sort'] },
  { method: 'GET', path: '/subscribed_apps', on: account, scope: 'read', query: [...PAGES] },
  { method: 'GET', path: '/flows', on: account, scope: 'read', query: LIST },
  ...['/template_analytics', '/conversation_analytics', '/pricing_analytics'].map(
    (path): Edge => ({ method: 'GET', path, on: account, scope: 'read', query: [...INSIGHTS, ...PAGES] }),
  ),
  { method: 'GET', path: '/whatsapp_business_profile', on: number, scope: 'read', query: ['fields'] },
  {
    method: 'POST',
    path: '/whatsapp_business_profile',
    on: number,
    scope: 'admin',
    action: 'graph.write',
    members: ['messaging_product', 'profile_picture_handle', ...PROFILE],
  },
  { method: 'GET', path: '/whatsapp_commerce_settings', on: number, scope: 'read', query: ['fields'] },
  { method: 'GET', path: '/message_history', on: number, scope: 'read', query: ['message_id', ...PAGES] },
  { method: 'GET', path: '/block_users', on: number, scope: 'read', query: PAGES },
  ...(['POST', 'DELETE'] as const).map(
    (method): Edge => ({
      method,
      path: '/block_users',
      on: number,
      scope: 'admin',
      action: 'graph.write',
      members: ['block_users', 'messaging_product'],
    }),
  ),
  { method: 'GET', path: '/message_qrdls', on: number, scope: 'read', query: [...LIST, 'code', 'generate_qr_image'] },
  { method: 'GET', path: '/message_qrdls/:item', on: number, scope: 'read', query: ['fields'] },
  {
    method: 'POST',
    path: '/message_qrdls',
    on: number,
    scope: 'admin',
    action: 'graph.write',
    query: QR_CODE,
    members: QR_CODE,
  },
  {
    method: 'POST',
    path: '/message_qrdls/:item',
    on: number,
    scope: 'admin',
    action: 'graph.write',
    query: QR_CODE,
    members: QR_CODE,
  },
  { method: 'DELETE', path: '/message_qrdls/:item', on: number, scope: 'admin', action: 'graph.write', members: [] },
  {
    method: 'POST',
    path: '/media',
    on: number,
    scope: 'send',
    action: 'media.upload',
    query: ['messaging_product', 'type'],
    members: ['file', 'messaging_product', 'type', 'upload_strategy'],
    makes: 'medium',
    document: { operationId: 'cloudApiUploadMedia', summary: 'Upload media' },
  },
]

/** The template library, the one thing that is read without an id. */
export const LIBRARY: Edge = {
  method: 'GET',
  path: '/message_template_library',
  on: [],
  scope: 'read',
  query: [...LIST, 'category', 'industry', 'language', 'name', 'search', 'topic', 'usecase'],
}

/** Taken out without a word: keys, what is computed from them, and how the answer is to look. */
export const LEFT_OUT: readonly string[] = ['access_token', 'appsecret_proof', 'debug', 'locale', 'pretty']

/**
 * What `fields` may name, at any depth. No edge is among them, since `fields` walks from object to object: an account's owner has other
 * accounts. Values of modifiers (`.granularity(DAY)`) are in capitals, which no field is.
 */
export const FIELDS: ReadonlySet<string> = new Set([
  ...['id', 'name', 'status', 'language', 'category', 'categories', 'code', 'components', 'country', 'currency'],
  ...['account_mode', 'account_review_status', 'business_verification_status', 'code_verification_status'],
  ...['conversational_automation', 'creation_time', 'display_phone_number', 'health_status', 'host_platform'],
  ...['is_official_business_account', 'is_on_biz_app', 'is_pin_enabled', 'is_preverified_number'],
  ...[
    'is_enabled_for_insights',
    'last_onboarded_time',
    'marketing_messages_lite_api_status',
    'message_template_namespace',
  ],
  ...['messaging_limit_tier', 'name_status', 'new_name_status', 'new_display_name', 'on_behalf_of_business_info'],
  ...['owner_business_info', 'ownership_type', 'platform_type', 'quality_rating', 'quality_score', 'search_visibility'],
  ...['throughput', 'timezone_id', 'unified_cert_status', 'username', 'verified_name'],
  ...['whatsapp_business_manager_messaging_limit', 'whatsapp_business_manager_messaging_limit_tier'],
  ...['allow_category_change', 'correct_category', 'cta_url_link_tracking_opted_out', 'display_format'],
  ...['is_primary_device_delivery_only', 'last_updated_time', 'library_template_name', 'message_send_ttl_seconds'],
  ...['parameter_format', 'previous_category', 'rejected_reason', 'rejection_reason', 'source', 'sub_category'],
  ...['body', 'header', 'buttons', 'industry', 'topic', 'usecase', 'body_params', 'body_param_types'],
  ...['file_size', 'messaging_product', 'mime_type', 'sha256', 'url'],
  ...['profile_picture_url', 'profile_picture_handle', 'is_cart_enabled', 'is_catalog_visible', 'validation_errors'],
  ...['deep_link_url', 'prefilled_message', 'qr_image_url', 'format', 'endpoint_uri', 'preview', 'json_version'],
  ...['data', 'date', 'level', 'reasons', 'score', 'can_send_message', 'entities', 'limit'],
  ...['analytics', 'conversation_analytics', 'pricing_analytics', 'template_analytics'],
  ...PROFILE,
])

/** Of fields that take some: `analytics.start(…).end(…)`. */
export const MODIFIERS: ReadonlySet<string> = new Set([...INSIGHTS, 'limit'])
