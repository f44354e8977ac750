import { execFileSync } from 'node:child_process'
import { findChromium } from './chromium.ts'

/** What is tested is what is here: the console is built first, unless it is. */
export function setup(): void {
  if (findChromium() === null) {
    const message = 'NO CHROMIUM in PATH: the console was not tested (apt-get install chromium)'
    if (process.env.CI === 'true') throw new Error(message)
    console.log(`\n*** ${message} ***\n`)
    return
  }
  execFileSync(process.execPath, ['bin/build-console.js'], { stdio: 'inherit' })
}
