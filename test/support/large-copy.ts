import pg from 'pg'

/*
 * The tables of a database as they would be with a million rows each, to ask PostgreSQL for its plans. A copy of each stands in a schema of its
 * own, with its indexes, one row, so that it has a page, and the statistics of a large one.
 */

/** Of an installation, not of its customers; they stay small. */
const SMALL = new Set([
  'budget_levels',
  'campaigns',
  'desks',
  'flow_listens',
  'flow_versions',
  'flows',
  'memberships',
  'news_readers',
  'number_pace',
  'portfolios',
  'senders',
  'templates',
  'template_history',
  'template_wishes',
  'users',
  'wabas',
  'webhook_channels',
  'webhook_endpoints',
  'worker_processes',
  'workspaces',
])
const ROWS = 1_000_000
const ROWS_OF_SMALL = 100

export interface LargeCopy extends AsyncDisposable {
  /** Tables that grow of which the statement would read everything. */
  scansOf(statement: string): Promise<string[]>
}

/** @param settings as in a connection's `options` */
export async function openLargeCopy(connectionString: string, settings: string): Promise<LargeCopy> {
  const client = new pg.Client({ connectionString, options: settings })
  await client.connect()
  await client.query('create schema large')
  const { rows: tables } = await client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`,
  )
  for (const { name } of tables) await copyTable(client, name)
  await client.query('set search_path = large, public')
  return {
    async scansOf(statement) {
      const { rows } = await client.query<Explained>(`explain (generic_plan, format json) ${statement}`)
      return rows.flatMap((row) => row['QUERY PLAN'].flatMap(({ Plan }) => scansIn(Plan, false)))
    },
    async [Symbol.asyncDispose]() {
      await client.query('drop schema large cascade')
      await client.end()
    },
  }
}

async function copyTable(client: pg.Client, name: string): Promise<void> {
  await client.query(`create table large.${name} (like public.${name} including indexes)`)
  const { rows: columns } = await client.query<{ column: string; type: string }>(
    `select quote_ident(attname) as column, format_type(atttypid, atttypmod) as type from pg_attribute
     where attrelid = 'large.${name}'::regclass and attnum > 0 and not attisdropped and attnotnull`,
  )
  const names = columns.map(({ column }) => column).join(', ')
  const values = columns.map(({ type }) => VALUES[type] ?? (type.endsWith('[]') ? `'{}'` : `''`)).join(', ')
  await client.query(`insert into large.${name} (${names}) values (${values})`)
  await client.query(
    `select pg_restore_relation_stats('schemaname', 'large', 'relname', relname::text, 'relpages', 1, 'reltuples', $2::real)
     from pg_class where oid = $1::regclass or oid in (select indexrelid from pg_index where indrelid = $1::regclass)`,
    [`large.${name}`, SMALL.has(name) ? ROWS_OF_SMALL : ROWS],
  )
}

const VALUES: Record<string, string> = {
  bigint: '1',
  boolean: 'false',
  date: 'current_date',
  'double precision': '1',
  integer: '1',
  jsonb: `'{}'`,
  numeric: '1',
  real: '1',
  smallint: '1',
  'timestamp with time zone': 'now()',
  uuid: 'gen_random_uuid()',
}

interface Explained {
  'QUERY PLAN': { Plan: PlanNode }[]
}

interface PlanNode {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Index Cond'?: string
  Filter?: string
  Plans?: PlanNode[]
}

/** What is under a limit ends early, if it goes in order. */
function scansIn(node: PlanNode, isLimited: boolean): string[] {
  const { 'Node Type': type, 'Relation Name': table, 'Index Name': index, 'Index Cond': condition } = node
  const reads = type === 'Seq Scan' || (type.startsWith('Index') && condition === undefined && !isLimited)
  const here =
    table !== undefined && reads && !SMALL.has(table)
      ? [`${type}${index === undefined ? '' : ` of ${index}`} (${node.Filter ?? 'all'}) of ${table}`]
      : []
  return [...here, ...(node.Plans ?? []).flatMap((child) => scansIn(child, isLimited || type === 'Limit'))]
}
