import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

/* What is installed is what was looked at: every package by its digest, on every platform, and none that brings others past the lockfile. */

interface Entry {
  version?: string
  integrity?: string
  resolved?: string
  link?: boolean
  license?: string
  hasInstallScript?: boolean
  optional?: boolean
  os?: string[]
  cpu?: string[]
}

interface Manifest {
  dependencies: Record<string, string>
  optionalDependencies: Record<string, string>
  devDependencies: Record<string, string>
  allowScripts: Record<string, boolean>
}

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')
const manifest = JSON.parse(read('package.json')) as Manifest
const lockfile = JSON.parse(read('package-lock.json')) as { packages: Record<string, Entry> }
const entries = Object.entries(lockfile.packages).filter(([path]) => path !== '')
const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

/** Licences that ask for no more than their text, and MPL-2.0, which asks for the changes to its own files. */
const LICENCES = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'MIT OR Apache-2.0',
  '(MIT OR CC0-1.0)',
  'MPL-2.0',
  'Unlicense',
]

describe('the lockfile', () => {
  it('has a digest for every package, on every platform', () => {
    const without = entries.filter(
      ([, { integrity, link }]) => link || !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''),
    )
    expect(without.map(([path]) => path)).toEqual([])
  })

  it('names no registry, so that any will do, and the digest decides', () => {
    expect(entries.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([])
  })

  it('lets packages run scripts that were allowed to, and no others', () => {
    const running = entries.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameOf(path))
    expect(running.toSorted()).toEqual(Object.keys(manifest.allowScripts).toSorted())
  })

  it('has licences that were looked at', () => {
    const others = entries.filter(([, { license }]) => !LICENCES.includes(license ?? ''))
    expect(others.map(([path, { license }]) => `${path}: ${license}`)).toEqual([])
  })
})

describe('the Node.js that comes along', () => {
  const bin = read('bin/casement.js')

  it('is one that the launcher finds, pinned, and fits one platform each', () => {
    const named = [...bin.matchAll(/'(\w+) (\w+)': '(node-[\w-]+)'/g)].map(([, os, cpu, name]) => ({ os, cpu, name }))
    expect(named.map(({ name }) => name).toSorted()).toEqual(Object.keys(manifest.optionalDependencies).toSorted())
    for (const { os, cpu, name } of named) {
      const entry = lockfile.packages[`node_modules/${name}`]
      expect(entry).toMatchObject({
        optional: true,
        os: [os],
        cpu: [cpu],
        version: manifest.optionalDependencies[name as string],
      })
      expect(entry?.hasInstallScript).toBeUndefined()
      expect(Number(entry?.version?.split('.')[0])).toBeGreaterThanOrEqual(24)
    }
  })
})
