/** The run that asked for `i`, as SQL; an invitation is of the run of the message that it asks for. */
const RUN_OF = `case when i.follow_up_of is null then i.flow_run_id
  else (select m.flow_run_id from intents m where m.id = i.follow_up_of) end`

/**
 * What holds `i` as SQL: `flow` or `run`, whichever is paused, or null. Scalar subqueries, which are probes of primary keys: nothing is read
 * for a message that no flow asked for.
 */
export const PAUSED_OF_FLOW = `case when i.flow_run_id is not null or i.follow_up_of is not null then (
  select case when f.state = 'paused' then 'flow' when r.state = 'paused' then 'run' end
  from flow_runs r join flows f on f.id = r.flow_id where r.id = ${RUN_OF}) end`

/** Whether the flow of `i`, and its run, let it go. */
export const FLOW_LETS_GO = `(${PAUSED_OF_FLOW} is null)`

/**
 * Of a CTE `given (ord, id, waits_kind)` those that are to wait for a flow, and whose flow or run is paused. It stays so until the commit, and
 * whoever is changing it in this moment is not waited for: what is left out stays due, and is decided again.
 */
export const FLOWS_PAUSED = `pausing as materialized (
  select g.ord from given g
  join intents i on i.id = g.id
  join flow_runs r on r.id = ${RUN_OF}
  join flows f on f.id = r.flow_id
  where g.waits_kind = 'flow' and (f.state = 'paused' or r.state = 'paused')
  for share of r, f skip locked
)`
