/** What the client has to say, in kafkajs' form: the same `logLevel` and `logCreator` take it. */
import type { Clock } from '../../clock.ts'

/** kafkajs' numbers: higher says more. */
export const logLevels = { NOTHING: 0, ERROR: 1, WARN: 2, INFO: 4, DEBUG: 5 } as const

export interface LogEntry {
  namespace: string
  level: number
  label: string
  log: { readonly timestamp: string; readonly message: string; readonly [detail: string]: unknown }
}

export type LogCreator = (level: number) => (entry: LogEntry) => void

type Say = (message: string, extra?: object) => void

export interface Logger {
  readonly info: Say
  readonly error: Say
  readonly warn: Say
  readonly debug: Say
  /** A logger whose entries carry this name as well. */
  readonly namespace: (namespace: string, level?: number) => Logger
  readonly setLogLevel: (level: number) => void
}

export interface LogSettings {
  readonly level: number
  readonly creator: LogCreator
}

/** A line of JSON on standard error, as kafkajs writes it when it is given no creator. */
export const jsonLines: LogCreator = () => (entry) => {
  const { namespace, label, log } = entry
  process.stderr.write(
    `${JSON.stringify({ level: label, ...log, ...(namespace === '' ? {} : { logger: namespace }) })}\n`,
  )
}

/** @example loggerOf({ level: logLevels.WARN, creator: jsonLines }, systemClock).warn('slow', { node: 1 }) */
export function loggerOf({ level, creator }: LogSettings, clock: Clock, namespace = ''): Logger {
  const write = creator(level)
  let highest = level
  const say =
    (label: keyof typeof logLevels): Say =>
    (message, extra = {}) => {
      if (logLevels[label] > highest) return
      const log = { timestamp: new Date(clock.now()).toISOString(), message, ...extra }
      try {
        write({ namespace, level: logLevels[label], label, log })
      } catch {
        // The user's own code: what it makes of a message is no reason to lose a connection.
      }
    }
  return {
    info: say('INFO'),
    error: say('ERROR'),
    warn: say('WARN'),
    debug: say('DEBUG'),
    namespace: (name, ownLevel = highest) => loggerOf({ level: ownLevel, creator }, clock, name),
    setLogLevel: (wanted) => {
      highest = wanted
    },
  }
}
