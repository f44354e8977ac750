import { toIso } from '../../domain/time.ts'
import type { FlowRead } from '../../store/flows/flows.ts'
import type { FoundRun } from '../../store/flows/run-reads.ts'
import type { FlowInFull } from '../../usecases/flows/manage-flows.ts'
import type { RunInFull } from '../../usecases/flows/manage-runs.ts'

export function viewOfFlow({ name, state, version, sender, created_at, state_at }: FlowRead) {
  return { name, state, version, sender, created_at: toIso(created_at), state_at: toIso(state_at) }
}

export function viewOfFlowInFull(flow: FlowInFull) {
  const { current, versions, counts } = flow
  const { steps, ...counted } = counts
  return {
    ...viewOfFlow(flow),
    versions: versions.map(({ version, at, by }) => ({ version, at: toIso(at), by: by.name })),
    document: current.document,
    source: current.source,
    counts: counted,
    steps,
  }
}

export function viewOfRun(run: FoundRun) {
  const iso = (at: FoundRun['due_at']) => (at === null ? null : toIso(at))
  return {
    id: run.id,
    flow: run.flow,
    version: run.version,
    sender: run.sender,
    contact: { wa_id: run.wa_id, user_id: run.bsuid },
    state: run.state,
    reason: run.reason_text,
    outcome: run.outcome,
    step: run.step,
    due_at: iso(run.due_at),
    started_at: toIso(run.started_at),
    ended_at: iso(run.ended_at),
  }
}

export function viewOfRunInFull({ history, ...run }: RunInFull) {
  return {
    ...viewOfRun(run),
    data: run.data,
    call: run.answers,
    history: history.map(({ at, kind, step, text, code, values }) => ({
      at: toIso(at),
      kind,
      step,
      detail: { text, code, values },
    })),
  }
}
