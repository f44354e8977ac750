/**
 * What must never reach a log (P8), and how it is taken out of whatever was logged.
 *
 * Values under certain keys go at any depth; in every other text the shapes of tokens and of personal ids go. It errs
 * towards hiding. What an operator traces a message by stays: intent and attempt ids, phone number ids, WABA ids.
 */
export const REDACTED = '[redacted]'

/** Keys are compared in lower case without `_` and `-`, so `access_token` is `accessToken` is `Access-Token`. */
const SECRET_ENDINGS = ['token', 'secret', 'password', 'apikey', 'authorization', 'cookie', 'secretkeys']
const PERSON_KEYS = [
  'to',
  'from',
  'waid',
  'userid',
  'fromuserid',
  'previoususerid',
  'parentuserid',
  'bsuid',
  'username',
  'recipient',
  'recipientid',
  'recipientuserid',
  'contact',
  'contacts',
  'customer',
  'profile',
  'input',
  'phone',
  'phonenumber',
  'displayphonenumber',
  'msisdn',
]
const CONTENT_KEYS = [
  'body',
  'text',
  'caption',
  'content',
  'interactive',
  'components',
  'parameters',
  'payload',
  'location',
  'reaction',
  'vcard',
  'filename',
  'attributes',
  'metadata',
  // What drivers put into their errors: rows, statements and arguments with all of the above in them.
  'detail',
  'where',
  'query',
  'internalquery',
  'args',
]
const HIDDEN_KEYS: ReadonlySet<string> = new Set([...PERSON_KEYS, ...CONTENT_KEYS])

/** Digits under these are Graph's or ours, never a person's. */
const ID_KEYS: ReadonlySet<string> = new Set(['id', 'sender', 'senderid', 'phonenumberid', 'waba', 'wabaid'])

/** A copy of a JSON value with everything taken out. `under` is the normalised key it stands under. */
export function redact(value: unknown, under = ''): unknown {
  if (typeof value === 'string') return redactText(value, under)
  if (Array.isArray(value)) return value.map((item) => redact(item, under))
  if (typeof value !== 'object' || value === null) return value
  const copy: Record<string, unknown> = {}
  for (const [name, inner] of Object.entries(value)) {
    const key = normalise(name)
    copy[scrub(name)] = isHidden(key, inner, under) ? REDACTED : redact(inner, key)
  }
  return copy
}

/** A text that is JSON as a whole, such as the body of an answer, is treated as what it says. */
function redactText(text: string, under: string): string {
  if (ID_KEYS.has(under) && /^\d+$/.test(text)) return text
  if (!/^\s*[[{"]/.test(text)) return scrub(text)
  try {
    return JSON.stringify(redact(JSON.parse(text), under))
  } catch {
    return scrub(text)
  }
}

function normalise(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, '')
}

function isHidden(key: string, value: unknown, parent: string): boolean {
  if (value === null || value === undefined || typeof value === 'boolean') return false
  if (key === 'text' && parent === 'reason') return false // our own sentence, see the contract's reason objects
  if (key === 'message') return typeof value === 'object' // Cloud API message; as a string it is an error's
  return HIDDEN_KEYS.has(key) || SECRET_ENDINGS.some((ending) => key.endsWith(ending))
}

const UUID = '[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}'

const PATTERNS: readonly (readonly [RegExp, string | ((match: string) => string)])[] = [
  // "key": "value" and key: 'value' inside a text, such as a request body quoted in an error; also escaped, also cut off.
  [
    new RegExp(
      `((?:(?<!\\w)\\w*(?:${SECRET_ENDINGS.join('|')})|\\b(?:${hiddenKeysAsWritten()}))\\\\*["']?\\s*[:=]\\s*)` +
        `(?:(?<quote>\\\\*["'])[^]*?(?:(?<!\\\\)\\k<quote>|$)|\\[[^\\]]*(?:\\]|$))`,
      'gi',
    ),
    `$1${REDACTED}`,
  ],
  [/((?:(?<![\w.-])[\w.-]*token|\b(?:appsecret_proof|to|phone|wa_id|user_id|q))=)[^&\s"'#]+/gi, `$1${REDACTED}`],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, `$1 ${REDACTED}`],
  [/:\/\/[^\s/@]+@/g, `://${REDACTED}@`],
  [/\bEAA[A-Za-z0-9]{6,}/g, REDACTED],
  // A wamid is base64 and starts with the user's number; its end is the message's own and enough to search by.
  [/\bwamid\.[\w+/=-]+/g, (wamid) => (wamid.length > 48 ? `wamid.…${wamid.slice(-12)}` : `wamid.${REDACTED}`)],
  // A business-scoped user id. Source: Meta, business-scoped user ids (read 2026-11): country, dot, up to 128 characters.
  [/\b[A-Z]{2}\.(?:ENT\.)?(?=[A-Za-z0-9]*\d)[A-Za-z0-9]{10,}/g, REDACTED],
  [/(?:\+|%2B)\d(?:[ ().-]{0,2}\d){7,}/gi, REDACTED],
  // A number without plus. From 15 digits on it is a Graph id: no country's mobile numbers are that long.
  [new RegExp(`${UUID}|(?<![A-Za-z0-9])\\d{10,14}(?![A-Za-z0-9])`, 'g'), (run) => (run.includes('-') ? run : REDACTED)],
]

/** With the underscores that normalising takes away, wherever they may have been. */
function hiddenKeysAsWritten(): string {
  return [...HIDDEN_KEYS].map((key) => [...key].join('_?')).join('|')
}

/** Every pattern needs one of these. Most texts have none of them, which makes a line twice as cheap. */
const SUSPECT = /[=+]|:\s*(?:\\*["']|\[)|:\/\/|\d{10}|%2B|EAA|wamid|[A-Z]{2}\.|Bearer|Basic/i

/** Longer texts are somebody else's: what of them is in a log tells enough. */
const MAX_TEXT = 8 * 1024

/** Takes tokens, credentials in URLs, phone numbers and user ids out of a text. One that is too long to be looked through is cut. */
export function scrub(text: string): string {
  if (text.length > MAX_TEXT) return `${scrub(text.slice(0, MAX_TEXT))}… (${text.length - MAX_TEXT} more characters)`
  if (!SUSPECT.test(text)) return text
  return PATTERNS.reduce(
    (rest, [pattern, replacement]) =>
      typeof replacement === 'string' ? rest.replace(pattern, replacement) : rest.replace(pattern, replacement),
    text,
  )
}
