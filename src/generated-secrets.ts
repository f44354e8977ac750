import { randomBytes, randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { key } from './readers.ts'

/** Named like the variables they stand in for, so that moving to a configured installation is copying. */
const secretsFile = z.looseObject({
  CASEMENT_SECRET: z.string().refine((text) => key(text) !== undefined, 'expected 32 bytes as hex or base64'),
  CASEMENT_API_KEY: z.string().min(1),
  META_APP_SECRET: z.string().min(1),
  META_VERIFY_TOKEN: z.string().min(1),
})

export interface GeneratedSecrets {
  /** 32 bytes. */
  readonly secretKey: Buffer
  readonly apiKey: string
  readonly metaAppSecret: string
  readonly metaVerifyToken: string
}

/**
 * The secrets of an installation that was given none: made once and kept in `<dataDir>/secrets.json`, mode 0600, so
 * that tokens encrypted before a restart can be read after it. Two processes that start together get the same ones.
 * Throws when the file is there but cannot be read as such: making new ones would lose the tokens.
 */
export async function generatedSecrets(dataDir: string): Promise<GeneratedSecrets> {
  const path = join(dataDir, 'secrets.json')
  const text = (await readIfThere(path)) ?? (await createOnce(path, freshSecrets()))
  let secrets: z.infer<typeof secretsFile>
  try {
    secrets = secretsFile.parse(JSON.parse(text))
  } catch {
    // Without the cause: JSON.parse quotes what it read.
    throw new Error(`expected ${path} to hold generated secrets; restore it, or remove it and link your senders again`)
  }
  return {
    secretKey: key(secrets.CASEMENT_SECRET) as Buffer,
    apiKey: secrets.CASEMENT_API_KEY,
    metaAppSecret: secrets.META_APP_SECRET,
    metaVerifyToken: secrets.META_VERIFY_TOKEN,
  }
}

function freshSecrets(): string {
  const secrets: z.infer<typeof secretsFile> = {
    CASEMENT_SECRET: randomBytes(32).toString('hex'),
    CASEMENT_API_KEY: `casement_${randomBytes(24).toString('base64url')}`,
    META_APP_SECRET: randomBytes(16).toString('hex'),
    META_VERIFY_TOKEN: randomBytes(16).toString('hex'),
  }
  return `${JSON.stringify(secrets, null, 2)}\n`
}

async function readIfThere(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
}

/**
 * Writes beside and links into place: the file appears whole and on disk or not at all, and, unlike with rename, only
 * the first of two writers succeeds. The other one takes what is there.
 */
async function createOnce(path: string, text: string): Promise<string> {
  await mkdir(join(path, '..'), { recursive: true })
  const draft = `${path}.${randomUUID()}`
  try {
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await link(draft, path)
    return text
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return readFile(path, 'utf8')
  } finally {
    await rm(draft, { force: true })
  }
}
