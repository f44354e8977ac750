export const RUN_STATES = ['waiting', 'paused', 'ended'] as const
export type RunState = (typeof RUN_STATES)[number]

export const VIEWS = ['graph', 'list'] as const
export type View = (typeof VIEWS)[number]

/** What the address of the page says: the flow that is open, which of its runs, or that its document is written. */
export interface FlowSearch {
  name?: string | undefined
  /** A run's id. */
  run?: string | undefined
  /** How the runs are cut. */
  runs?: RunState | undefined
  /** How its steps are shown; not there: as fits the screen. */
  view?: View | undefined
  /** `document`; without a name: of a new one. */
  edit?: string | undefined
}

export function readFlowSearch({ name, run, runs, view, edit }: Record<string, unknown>): FlowSearch {
  const known = RUN_STATES.find((one) => one === runs)
  const shown = VIEWS.find((one) => one === view)
  return {
    ...(name === undefined || name === '' ? {} : { name: String(name) }),
    ...(run === undefined || run === '' ? {} : { run: String(run) }),
    ...(known ? { runs: known } : {}),
    ...(shown ? { view: shown } : {}),
    ...(edit === 'document' ? { edit } : {}),
  }
}
