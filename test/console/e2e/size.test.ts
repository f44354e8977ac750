import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const BUILD = join(import.meta.dirname, '..', '..', '..', 'dist', 'console')
const MOST_BYTES = 300_000
const AIM_BYTES = 280_000

interface Chunk {
  file: string
  imports?: string[]
  isEntry?: boolean
}

/** What a browser loads to show a conversation, in English: the entry, the thread, and all that they import. */
const MAIN_ROUTE = ['index.html', 'whatsapp/thread.tsx', 'words/en.json']

function withImports(manifest: Record<string, Chunk>, keys: string[]): Set<string> {
  const files = new Set<string>()
  const seen = new Set<string>()
  const visit = (key: string) => {
    if (seen.has(key)) return
    seen.add(key)
    const chunk = manifest[key]
    if (chunk === undefined) throw new Error(`the build has no ${key}: ${Object.keys(manifest).join(', ')}`)
    files.add(chunk.file)
    chunk.imports?.forEach(visit)
  }
  keys.forEach(visit)
  return files
}

it('the script of the main route is small', () => {
  const manifest = JSON.parse(readFileSync(join(BUILD, '.vite', 'manifest.json'), 'utf8')) as Record<string, Chunk>
  const files = [...withImports(manifest, MAIN_ROUTE)]
  const bytes = files.reduce((sum, file) => sum + statSync(join(BUILD, `${file}.gz`)).size, 0)
  console.log(
    `main route: ${(bytes / 1000).toFixed(1)} kB gz of script in ${files.length} files (aim ${AIM_BYTES / 1000})`,
  )
  expect(bytes).toBeLessThan(MOST_BYTES)
})
