import * as z from 'zod'

/**
 * Length of a text in Unicode code points, the unit of every character limit here. Meta does not say what it counts. Code points are
 * never stricter than UTF-16 units, so an emoji costs one and Casement refuses nothing that Meta might take; they are also what
 * `maxLength` means in JSON Schema, so the OpenAPI document and the code agree.
 */
export function characters(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

/**
 * Adds a problem to a running check. `message` continues "expected <field> …" and starts with "to" or "not to", see
 * `formatZodIssue`; it never quotes the value. `path` is relative to the checked value, and `params` are for who says it in other words.
 */
export function problem(
  ctx: z.core.ParsePayload<unknown>,
  message: string,
  path: PropertyKey[] = [],
  params: Record<string, unknown> = {},
): void {
  ctx.issues.push({ code: 'custom', input: ctx.value, message, path, params })
}

/** A text of `min` (1 unless told) to `max` characters. */
export function text(max: number, min = 1) {
  return z
    .string()
    .min(min)
    .check((ctx) => {
      if (ctx.value.length <= max) return
      const count = characters(ctx.value)
      if (count > max) problem(ctx, `to be at most ${max} characters, got ${count}`, [], { max })
    })
    .meta({ maxLength: max })
}

/** An id chosen by the producer that comes back in a webhook. Meta refuses spaces at its ends. */
export function replyId(max: number) {
  return text(max).check((ctx) => {
    if (ctx.value.trim() !== ctx.value) problem(ctx, 'to have no spaces at its start or end')
  })
}

/** An address that Meta or the user's phone opens: http or https, nothing else. */
export function httpLink() {
  return text(2048)
    .check((ctx) => {
      const scheme = URL.parse(ctx.value)?.protocol
      if (scheme !== 'http:' && scheme !== 'https:') problem(ctx, 'to be an http or https address')
    })
    .meta({ format: 'uri' })
}

/** Reports every later item that repeats an earlier one. `paths[i]` is where `values[i]` stands, relative to the checked value. */
export function reportRepeats(ctx: z.core.ParsePayload<unknown>, values: string[], paths: PropertyKey[][]): void {
  const seen = new Set<string>()
  values.forEach((value, i) => {
    if (seen.has(value)) problem(ctx, 'to be unique within the message, got a repeated one', paths[i])
    seen.add(value)
  })
}
