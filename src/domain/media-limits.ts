const KILOBYTE = 1024
const MEGABYTE = 1024 * KILOBYTE

/** What Meta takes, by type. Source: Meta, business-phone-numbers/media (read 2026-11). */
const LARGEST: readonly { types: RegExp; bytes: number }[] = [
  { types: /^image\/webp$/, bytes: 500 * KILOBYTE },
  { types: /^image\/(jpeg|png)$/, bytes: 5 * MEGABYTE },
  { types: /^video\/(mp4|3gpp|3gp)$/, bytes: 16 * MEGABYTE },
  { types: /^audio\/(aac|mp4|mpeg|amr|ogg|opus)$/, bytes: 16 * MEGABYTE },
  { types: /^(text|application)\//, bytes: 100 * MEGABYTE },
]

/** The most bytes that a file of this type may have, with its parameters or without; null where Meta names no such type. */
export function largestOf(type: string): number | null {
  const bare = type.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return LARGEST.find(({ types }) => types.test(bare))?.bytes ?? null
}

/** As Meta writes sizes: `5 MB`, `500 KB`. */
export function inMegabytes(bytes: number): string {
  const [unit, size] = bytes >= MEGABYTE ? ['MB', MEGABYTE] : ['KB', KILOBYTE]
  return `${Math.ceil((bytes / (size as number)) * 10) / 10} ${unit}`
}
