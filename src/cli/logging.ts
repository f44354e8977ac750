import { pino } from 'pino'
import { createLogger, type Logger, type LogLevel } from '../log.ts'

/** The log of a serving command goes to standard error: standard output is for results. Readable at a terminal, else JSON. */
export function openLog(level: LogLevel): Logger {
  return createLogger({ level, pretty: process.stderr.isTTY === true, destination: pino.destination(2) })
}
