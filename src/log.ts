import { type DestinationStream, type Logger as PinoLogger, pino, stdTimeFunctions } from 'pino'
import { prettyLine } from './pretty-log.ts'
import { redact, scrub } from './redaction.ts'

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/**
 * Log what you like: tokens, texts and personal ids are taken out here (redaction.ts), not where you log. `error` is for
 * us to fix; an outcome that a healthy system has logs at `info` with its reason.
 */
export type Logger = PinoLogger

export interface LoggerOptions {
  readonly level: LogLevel
  /** One readable line each, for a person at a terminal, instead of JSON. */
  readonly pretty?: boolean
  /** Default: standard output. */
  readonly destination?: DestinationStream
}

export function createLogger({ level, pretty = false, destination = pino.destination(1) }: LoggerOptions): Logger {
  return pino(
    {
      level,
      timestamp: stdTimeFunctions.isoTime,
      hooks: { streamWrite: (line) => finish(line, pretty) },
    },
    destination,
  )
}

/**
 * The one place that every line passes, whatever it was made of: arguments, child loggers' bindings, serializers of
 * Fastify and of errors with their causes. pino's own `redact` knows fixed paths only, and `formatters.log` sees
 * neither bindings nor what serializers make. Reading the line back costs about 10 microseconds.
 */
function finish(line: string, pretty: boolean): string {
  let record: unknown
  try {
    record = redact(JSON.parse(line))
  } catch {
    return `${scrub(line.trimEnd())}\n` // nothing we know of: a line that is no JSON
  }
  return pretty ? prettyLine(record) : `${JSON.stringify(record)}\n`
}
