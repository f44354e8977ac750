import { spawn } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

/*
 * Plays what `npm test` plays by chance, with other seeds: `npm run test:explore [-- --rounds 20 --first 1 PATH…]`. Ends with the first failure,
 * and says by which seed it comes again, as far as it does not depend on which of two statements the machine was quicker with.
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '10' },
    first: { type: 'string', default: String(Math.floor(Date.now() / 1_000)) },
  },
})

const playsByChance = (path: string) => /from 'fast-check'|support\/seed\.ts'/.test(readFileSync(path, 'utf8'))
const files = globSync('test/**/*.test.ts').filter(
  (path) => playsByChance(path) && (positionals.length === 0 || positionals.some((part) => path.includes(part))),
)
if (files.length === 0) throw new Error(`expected a test that plays by chance, got ${positionals.join(', ')}`)

for (let round = 0; round < Number(values.rounds); round += 1) {
  const seed = String(Number(values.first) + round)
  console.log(`\nround ${round + 1} of ${values.rounds}: CASEMENT_TEST_SEED=${seed}`)
  const code = await run(seed)
  if (code === 0) continue
  console.error(`\nfailed; again: CASEMENT_TEST_SEED=${seed} npm test -- FILE`)
  process.exit(code)
}

function run(seed: string): Promise<number> {
  const child = spawn('npx', ['vitest', 'run', '--reporter=dot', ...files], {
    stdio: 'inherit',
    env: { ...process.env, CASEMENT_TEST_SEED: seed },
  })
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)))
}
