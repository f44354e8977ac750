/*
 * What a workspace keeps of a person besides who they are: a flat object, for templates to be filled from and for people to be found by.
 */

export type Attribute = string | number | boolean

export type Attributes = Record<string, Attribute>

export const ATTRIBUTE_NAME = /^[a-z0-9_]{1,64}$/

/** As JSON, in UTF-8. */
export const ATTRIBUTES_BYTES = 4 * 1024

/** One by one; null removes one. */
export function withAttributes(known: Attributes, patch: Readonly<Record<string, Attribute | null>>): Attributes {
  const merged = new Map<string, Attribute | null>([...Object.entries(known), ...Object.entries(patch)])
  return Object.fromEntries([...merged].filter((entry): entry is [string, Attribute] => entry[1] !== null))
}

/** As PostgreSQL writes it, with a space behind each colon and comma. */
export function attributesBytes(attributes: Attributes): number {
  const members = Object.keys(attributes).length
  return Buffer.byteLength(JSON.stringify(attributes)) + Math.max(2 * members - 1, 0)
}
