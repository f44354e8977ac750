/*
 * Amounts of money: whole millionths of a currency's unit, as `bigint`, because prices have more decimals than any currency has cents and
 * binary fractions lose them. Outside they are decimal strings ("0.031700").
 */

const MICROS = 1_000_000n
const DECIMALS = 6
/** What twelve digits before the point and six behind it can be. */
const AMOUNT = /^(0|[1-9]\d{0,11})(?:\.(\d{1,6}))?$/

/** Null for what is no plain decimal number, is negative, or has more digits than are kept: nothing is rounded. */
export function parseAmount(text: string): bigint | null {
  const parts = AMOUNT.exec(text)
  if (parts === null) return null
  return BigInt(parts[1] as string) * MICROS + BigInt((parts[2] ?? '').padEnd(DECIMALS, '0'))
}

export function formatAmount(micros: bigint): string {
  const size = micros < 0n ? -micros : micros
  const decimals = String(size % MICROS).padStart(DECIMALS, '0')
  return `${micros < 0n ? '-' : ''}${size / MICROS}.${decimals}`
}
