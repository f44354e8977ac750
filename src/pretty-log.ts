import pc from 'picocolors'
import { z } from 'zod'
import { visible } from './visible.ts'

const LEVELS: Readonly<Record<number, string>> = {
  10: pc.gray('trace'),
  20: pc.gray('debug'),
  30: pc.green('info '),
  40: pc.yellow('warn '),
  50: pc.red('error'),
  60: pc.bgRed('fatal'),
}

const logRecord = z.looseObject({
  level: z.number(),
  time: z.string(),
  msg: z.string().default(''),
  err: z.looseObject({ stack: z.string().optional() }).optional(),
})

/** `10:15:03.120 info  lane opened sender="1055…"`, and an error's stack below. For eyes: not meant to be parsed. */
export function prettyLine(value: unknown): string {
  const parsed = logRecord.safeParse(value)
  if (!parsed.success) return `${JSON.stringify(value)}\n`
  const { level, time, msg, err, pid: _pid, hostname: _hostname, ...rest } = parsed.data
  const fields = Object.entries(rest).map(([name, field]) => `${pc.dim(`${name}=`)}${JSON.stringify(field)}`)
  const head = [pc.dim(time.slice(11, 23)), LEVELS[level] ?? String(level), visible(msg), ...fields].join(' ')
  return err?.stack === undefined ? `${head}\n` : `${head}\n${pc.dim(visible(err.stack))}\n`
}
