import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createHttpServer } from '../../src/http/server.ts'
import type { Services } from '../../src/http/services.ts'
import { createLogger } from '../../src/log.ts'

/*
 * The types of the API for the console, from the OpenAPI document: `npm run console:types` after a change of routes or views. The first line
 * names the document by its digest, so that a test notices a change also where the generator is not installed.
 */

export const TYPES_FILE = join(import.meta.dirname, '..', '..', 'src', 'console', 'api', 'schema.d.ts')
const GENERATOR = join(import.meta.dirname, 'node_modules', 'openapi-typescript', 'dist', 'index.mjs')

interface Generator {
  default(document: object): Promise<unknown>
  astToString(nodes: unknown): string
}

/** The document that a server answers, which asks no service for it. */
export async function openApiDocument(): Promise<object> {
  const app = await createHttpServer({ services: {} as Services, logger: createLogger({ level: 'silent' }) })
  try {
    return (await app.inject('/openapi.json')).json()
  } finally {
    await app.close()
  }
}

export function firstLineOf(document: object): string {
  const digest = createHash('sha256').update(JSON.stringify(document)).digest('hex')
  return `// Made by \`npm run console:types\` of the OpenAPI document ${digest}.`
}

export function isGeneratorInstalled(): boolean {
  return existsSync(GENERATOR)
}

export async function typesOf(document: object): Promise<string> {
  const { default: generate, astToString } = (await import(GENERATOR)) as Generator
  return `${firstLineOf(document)}\n\n${astToString(await generate(document))}`
}

if (import.meta.main) {
  if (!isGeneratorInstalled()) {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: import.meta.dirname, stdio: 'inherit' })
  }
  writeFileSync(TYPES_FILE, await typesOf(await openApiDocument()))
}
