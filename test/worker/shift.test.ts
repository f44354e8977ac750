import { describe, expect, it } from 'vitest'
import type { PhoneNumberId, WorkspaceId } from '../../src/domain/ids.ts'
import { spacingOf } from '../../src/domain/pacing.ts'
import { chooseShifts, isBehind, planNext, type Seen, type Shift, startShift } from '../../src/worker/shift.ts'

const SPACING = spacingOf(80)

function shifts(...workspaces: string[]): Map<PhoneNumberId, Shift> {
  return new Map(
    workspaces.map((workspace, index) => {
      const shift = startShift(`${index}` as PhoneNumberId, 0, () => {})
      shift.workspace = workspace as WorkspaceId
      return [shift.sender, shift]
    }),
  )
}

const names = (chosen: Shift[]) => chosen.map(({ sender }) => sender)

describe('whom a page asks for', () => {
  it('is each workspace in turn, however many numbers one of them has (P11)', () => {
    const all = shifts('big', 'big', 'big', 'big', 'small')
    expect(names(chooseShifts(all, 0, 2))).toEqual(['0', '4'])
    expect(names(chooseShifts(all, 0, 2))).toEqual(['1', '4'])
  })

  it('is each number in turn', () => {
    const all = shifts('one', 'one', 'one')
    expect([1, 2, 3, 4].flatMap(() => names(chooseShifts(all, 0, 1)))).toEqual(['0', '1', '2', '0'])
  })

  it('is no more than fill the room, by what each had last', () => {
    const all = shifts('one', 'one', 'one', 'one')
    for (const shift of all.values()) shift.expects = 40
    expect(names(chooseShifts(all, 0, 100))).toEqual(['0', '1', '2'])
  })

  it('is everybody of whom it is not known whether anything is due, for that costs nothing', () => {
    const all = shifts('one', 'one', 'one')
    for (const shift of all.values()) shift.knownDue = false
    expect(chooseShifts(all, 0, 1)).toHaveLength(3)
  })

  it('is nobody before their time', () => {
    const all = shifts('one', 'one')
    const [first] = all.values()
    if (first) first.readyAt = 10
    expect(names(chooseShifts(all, 9, 5))).toEqual(['1'])
  })
})

describe('a number that a process does not come to', () => {
  it('is told as behind, so that another joins', () => {
    const shift = startShift('1' as PhoneNumberId, 0, () => {})
    expect(isBehind(shift, 900)).toBe(false)
    expect(isBehind(shift, 1_100)).toBe(true)
  })
})

describe('a shift', () => {
  const look = { sender: '1' as PhoneNumberId, workspace: 'one' as WorkspaceId, due: true, open: true, waitUs: 0 }
  const locked = { sender: look.sender, spacing: SPACING, places: 3 }
  const seen = (of: Partial<Seen>): Seen => ({
    look: { ...look, locked },
    asked: 3,
    heads: 0,
    left: 0,
    slot: undefined,
    full: false,
    ...of,
  })

  it('looks at more where most stays, and at less where all leaves', () => {
    const shift = startShift(look.sender, 0, () => {})
    planNext(shift, seen({ heads: 3, left: 0 }), 1)
    expect(shift.look).toBe(10)
    planNext(shift, seen({ heads: 10, left: 1 }), 2)
    expect(shift.look).toBe(40)
    planNext(shift, seen({ heads: 40, left: 40 }), 3)
    expect(shift.look).toBe(20)
  })

  it('knows that more is due where it was asked for no more than there was', () => {
    const shift = startShift(look.sender, 0, () => {})
    planNext(shift, seen({ look: { ...look, locked: { ...locked, places: 40 } }, asked: 19, heads: 19, left: 19 }), 1)
    expect(shift).toMatchObject({ knownDue: true, readyAt: 1 })
    planNext(shift, seen({ look: { ...look, locked: { ...locked, places: 40 } }, asked: 19, heads: 18, left: 18 }), 2)
    expect(shift).toMatchObject({ knownDue: false, blocked: true })
  })

  it('ends when nothing may leave', () => {
    let ended = false
    const shift = startShift(look.sender, 0, () => {
      ended = true
    })
    planNext(shift, seen({ look: { ...look, open: false, locked: null } }), 1)
    expect(ended).toBe(true)
  })

  it('waits for its pace', () => {
    const shift = startShift(look.sender, 0, () => {})
    planNext(shift, seen({ look: { ...look, locked: null, waitUs: 250_000 } }), 1_000)
    expect(shift.readyAt).toBe(1_250)
  })
})
