import type { Deployed, Deployment, FlowCheck } from '../usecases/flows/manage-flows.ts'
import type { StartInput } from '../usecases/flows/manage-runs.ts'
import type { EventInput } from '../usecases/flows/tell-event.ts'
import type { Answer, Caller, Page, View } from './services.ts'

interface PageQuery {
  cursor?: string | undefined
  limit: number
}

/** What the HTTP API asks about flows that run, see services.ts. */
export interface FlowServices {
  checkFlow(caller: Caller, text: string): Promise<FlowCheck>
  deployFlow(caller: Caller, deployment: Deployment): Promise<Answer<Deployed>>
  /** By name. */
  listFlows(caller: Caller, query: PageQuery): Promise<Answer<Page<View>>>
  getFlow(caller: Caller, name: string): Promise<Answer<View>>
  pauseFlow(caller: Caller, name: string): Promise<Answer<View>>
  resumeFlow(caller: Caller, name: string): Promise<Answer<View>>
  startFlow(caller: Caller, name: string, input: StartInput): Promise<Answer<{ id: string }>>
  /** Newest first. */
  listRuns(
    caller: Caller,
    name: string,
    query: PageQuery & { state?: 'waiting' | 'paused' | 'ended' | undefined },
  ): Promise<Answer<Page<View>>>
  getRun(caller: Caller, id: string): Promise<Answer<View>>
  stopRun(caller: Caller, id: string): Promise<Answer<View>>
  pauseRun(caller: Caller, id: string): Promise<Answer<View>>
  resumeRun(caller: Caller, id: string): Promise<Answer<View>>
  tellEvent(caller: Caller, input: EventInput): Promise<Answer<{ matched_runs: number }>>
}
