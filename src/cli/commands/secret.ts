import type { Command } from 'commander'
import { addCommand, type Cli, type CommonOptions, present } from '../cli.ts'
import { CommandFailed, Unsuccessful } from '../failure.ts'
import { installation } from '../installation.ts'

/** `secret`: works on the database, like `migrate`. */
export function addSecret(program: Command, cli: Cli): void {
  const secret = program.command('secret').description('change CASEMENT_SECRET')
  addCommand(secret, {
    usage: 'rotate',
    does: 'seal every access token, second factor, endpoint’s secret and the key of the opt-outs anew, with the first key of CASEMENT_SECRET',
    examples: ['secret rotate'],
  })
    .addHelpText('after', STEPS)
    .action((options: CommonOptions) => rotate(cli, options))
}

const STEPS = `
Steps:
  1. CASEMENT_SECRET=<new>,<old> for every process, and restart them
  2. casement secret rotate, with the same
  3. CASEMENT_SECRET=<new>, and restart them`

async function rotate(cli: Cli, options: CommonOptions): Promise<void> {
  const { databaseUrl, databaseDirectUrl, secretKeys } = await installation(cli)
  if (secretKeys.length === 0) {
    throw new CommandFailed('expected CASEMENT_SECRET to be set: the new key, a comma, and the old one')
  }
  const { rotateSecret } = await import('../../app/at-the-machine.ts')
  const rotated = await rotateSecret(databaseDirectUrl ?? databaseUrl, secretKeys)
  const { sealed, unreadable, totps_unreadable, endpoints_unreadable, signing_unreadable, opt_outs } = rotated
  present(cli, options, rotated, () => {
    const optOuts = { sealed: ' and the key of the opt-outs', none: '', unreadable: '' }[opt_outs]
    return `sealed ${sealed} access token${sealed === 1 ? '' : 's'}${optOuts} anew`
  })
  const left = [
    ...unreadable.map((id) => `the token of ${id}`),
    ...(totps_unreadable > 0 ? [`the second factor of ${totps_unreadable} users`] : []),
    ...(endpoints_unreadable > 0 ? [`the secrets of ${endpoints_unreadable} endpoints`] : []),
    ...(signing_unreadable > 0 ? [`what the calls of ${signing_unreadable} workspaces are signed with`] : []),
    ...(opt_outs === 'unreadable' ? ['the key of the opt-outs'] : []),
  ]
  if (left.length > 0) {
    throw new Unsuccessful(`none of the keys opens ${left.join(', ')}: keep the old key until that is mended`)
  }
}
