#!/usr/bin/env node
/**
 * Builds the console into dist/console, unless what is there was built from what is here. `npm ci` runs it in a checkout; an installed
 * package has the build and no sources. Plain JavaScript, since npm may run it with an older Node.js than Casement needs.
 *
 *   node bin/build-console.js [--must | --force | --check]    --must: a build that fails is a failure; --force: the same, and anew in any case;
 *                                                             --check: says by its exit code whether it is there and fresh (0) or not (3)
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const sources = join(root, 'src', 'console')
const target = join(root, 'dist', 'console')
const STAMP = 'built-from'
const STALE = 3

const [mode] = process.argv.slice(2)
if (existsSync(sources)) {
  const stamp = stampOfSources()
  const isFresh = stampOfBuild() === stamp
  if (mode === '--check') process.exitCode = isFresh ? 0 : STALE
  else if (!isFresh || mode === '--force') await buildOrSay(stamp)
}

function stampOfBuild() {
  const file = join(target, STAMP)
  return existsSync(file) ? readFileSync(file, 'utf8') : null
}

/** Of everything that the build is made of: the sources, the versions of what they import, and what is written here. */
function stampOfSources() {
  const hash = createHash('sha256')
  // Types leave nothing in the build.
  const names = filesIn(sources).filter((name) => !name.endsWith('.d.ts'))
  for (const name of names)
    hash
      .update(`${name}\0`)
      .update(readFileSync(join(sources, name)))
      .update('\0')
  for (const file of [join(root, 'package-lock.json'), fileURLToPath(import.meta.url)]) {
    if (existsSync(file)) hash.update(readFileSync(file))
  }
  return hash.digest('hex')
}

function filesIn(folder, inside = '') {
  return readdirSync(join(folder, inside), { withFileTypes: true })
    .flatMap((entry) => {
      const name = inside === '' ? entry.name : `${inside}/${entry.name}`
      return entry.isDirectory() ? filesIn(folder, name) : [name]
    })
    .sort()
}

/** An install must not fail for want of a page; a build that somebody asked for, and one in CI, must. */
async function buildOrSay(stamp) {
  // React's own checks would come along, and a third more of script, where somebody's tests build it.
  process.env.NODE_ENV = 'production'
  let vite
  try {
    vite = await import('vite')
  } catch {
    console.log('console not built: devDependencies are missing')
    return
  }
  try {
    await build(vite, stamp)
  } catch (error) {
    console.error(`console not built: ${error.message}`)
    if (mode === '--must' || mode === '--force' || process.env.CI === 'true') process.exitCode = 1
  }
}

/** Beside the old one, then in its place: a server that is running never reads half a build. */
async function build(vite, stamp) {
  const started = Date.now()
  const fresh = `${target}.${process.pid}`
  try {
    await vite.build({
      configFile: join(sources, 'vite.config.ts'),
      logLevel: 'warn',
      build: { outDir: fresh, emptyOutDir: true },
    })
    compress(fresh)
    writeFileSync(join(fresh, STAMP), stamp)
    mkdirSync(dirname(target), { recursive: true })
    rmSync(target, { recursive: true, force: true })
    renameSync(fresh, target)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
  console.log(`console built in ${((Date.now() - started) / 1000).toFixed(1)} s`)
}

function compress(folder) {
  for (const name of filesIn(folder).filter((file) => /\.(js|css|svg)$/.test(file))) {
    const file = join(folder, name)
    const bytes = readFileSync(file)
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }))
    writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }))
  }
}
