import type { Purview } from '../../domain/access.ts'
import type { FlowMatcher } from '../../domain/flow/matcher.ts'
import type { ContactId, PhoneNumberId, WorkspaceId } from '../../domain/ids.ts'
import { type Place, type StartIo, startRun } from './start-run.ts'

/* What is kept of a person changed: flows begin by an attribute that has a value which it had not. */

type Attributes = Readonly<Record<string, unknown>>

/** Reads and writes of the transaction that changes the person. */
export interface AttributesIo extends StartIo {
  attributesOf(contact: ContactId): Promise<Attributes>
  /** Runs that wait by what is kept of them, such as a time in their zone, look again. */
  pokeRunsOf(contact: ContactId): Promise<void>
  matcher(workspace: WorkspaceId): Promise<FlowMatcher>
  /** Where they wrote last, with this number or any; null: nowhere. */
  placeOf(purview: Purview, contact: ContactId, sender: PhoneNumberId | null): Promise<Place | null>
}

/** Makes the change, and begins what begins by it. What a flow declares as its data is read from attributes of the same names. */
export async function changingAttributes<T>(
  io: AttributesIo,
  purview: Purview,
  contact: ContactId,
  change: () => Promise<T>,
): Promise<T> {
  const before = await io.attributesOf(contact)
  const changed = await change()
  await io.pokeRunsOf(contact)
  const after = await io.attributesOf(contact)
  const set = Object.entries(after).filter(([name, value]) => before[name] !== value)
  if (set.length === 0) return changed
  const matcher = await io.matcher(purview.workspace)
  for (const [name, value] of set) {
    for (const flow of matcher.byAttribute(name)) {
      const place = await io.placeOf(purview, contact, flow.program.sender as PhoneNumberId | null)
      const facts = place && (await io.readStartFacts(place.conversationId))
      if (!place || !facts) continue
      const at = await io.now()
      await startRun(io, flow, place, facts, {
        occasion: { kind: 'attribute', name, value },
        at,
        details: {},
        data: null,
      })
    }
  }
  return changed
}
