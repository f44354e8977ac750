import { createHash } from 'node:crypto'
import { parsePhoneNumberFromString } from 'libphonenumber-js'
import { hash32, hexDigits } from './random.ts'

/**
 * Ids that look like Meta's. They are counted, not drawn, so a run repeats; `bootAt` keeps the ids of two runs apart, since
 * a client's database outlives the sandbox.
 */
export type Identifiers = {
  wamid(direction: 'out' | 'in', digits: string): string
  /** Digits, for templates, media, history entries. */
  graphId(): string
  callId(): string
  traceId(): string
  counter(): number
}

export function createIdentifiers(options: { seed: number; bootAt: number; counter?: number }): Identifiers {
  let counter = options.counter ?? 0
  const next = () => {
    counter += 1
    return `${options.bootAt}#${counter}`
  }
  return {
    wamid(direction, digits) {
      const serial = hexDigits(direction === 'out' ? 18 : 20, options.seed, next())
      const bytes = Buffer.concat([
        Buffer.from([0x1c, 0x18, digits.length]),
        Buffer.from(digits),
        Buffer.from([0x15, 0x02, 0x00, direction === 'out' ? 0x11 : 0x12, 0x18, serial.length]),
        Buffer.from(serial),
        Buffer.from([0x00]),
      ])
      return `wamid.${bytes.toString('base64')}`
    },
    graphId() {
      const key = next()
      const tail = (hash32(options.seed, key) % 1e9).toString().padStart(9, '0')
      // Sixteen digits that a double still holds: webhooks carry template ids as numbers.
      return `${100 + (counter % 800)}${tail}${(counter % 1e4).toString().padStart(4, '0')}`
    },
    callId: () => `wacid.${Buffer.from(hexDigits(24, options.seed, next())).toString('base64')}`,
    traceId: () => `A${hexDigits(20, options.seed, next())}`,
    counter: () => counter,
  }
}

/** The BSUID of a phone's owner: the country, a dot, and digits that follow from the number alone. */
export function bsuidFor(waId: string): string {
  const country = parsePhoneNumberFromString(`+${waId}`)?.country ?? 'US'
  const digest = createHash('sha256').update(`bsuid:${waId}`).digest()
  return `${country}.${digest.readBigUInt64BE().toString().padStart(20, '1')}`
}

/** `US.1349…` or the parent form `US.ENT.118…`. Source: Meta, business-scoped user ids (read 2026-11). */
export function isBsuid(value: string): boolean {
  return /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/.test(value)
}
