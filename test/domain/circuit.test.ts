import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { afterAnswer, afterSilence, type Circuit, CLOSED_CIRCUIT } from '../../src/domain/circuit.ts'

function silences(count: number, from: Circuit, nowMs: number) {
  let circuit = from
  const pauses: (number | null)[] = []
  for (let i = 0; i < count; i++) {
    const next = afterSilence(circuit, nowMs)
    circuit = next.circuit
    pauses.push(next.pauseMs)
  }
  return { circuit, pauses }
}

describe('the circuit of a sender', () => {
  it('lets nine silent calls pass for bad luck and pauses at the tenth', () => {
    const { pauses } = silences(10, CLOSED_CIRCUIT, 1_000)
    expect(pauses).toEqual([...Array(9).fill(null), 1_000])
  })

  it('counts the calls that were under way when it paused as one outage', () => {
    const { circuit, pauses } = silences(200, CLOSED_CIRCUIT, 1_000)
    expect(pauses.filter((pause) => pause !== null)).toEqual([1_000])
    expect(circuit.failures).toBe(10)
  })

  it('pauses twice as long when the probe meets silence again', () => {
    const { circuit } = silences(10, CLOSED_CIRCUIT, 1_000)
    expect(afterSilence(circuit, 2_000).pauseMs).toBe(2_000)
  })

  it('forgets everything at the first answer', () => {
    expect(afterAnswer()).toEqual(CLOSED_CIRCUIT)
  })

  it('never pauses longer than a minute, nor twice at the same time', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 30_000 }), { maxLength: 200 }), (steps) => {
        let circuit = CLOSED_CIRCUIT
        let nowMs = 0
        let pausedUntil = 0
        for (const step of steps) {
          nowMs += step
          const next = afterSilence(circuit, nowMs)
          circuit = next.circuit
          if (next.pauseMs === null) continue
          expect(next.pauseMs).toBeLessThanOrEqual(60_000)
          expect(nowMs).toBeGreaterThanOrEqual(pausedUntil)
          pausedUntil = nowMs + next.pauseMs
        }
      }),
    )
  })
})
