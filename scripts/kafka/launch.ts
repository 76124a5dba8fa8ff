/** The broker's process: how it is begun, and how it ends with the process that wanted it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { archiveFlags } from './archive.ts'
import { kafkaJars } from './jars.ts'

export interface Launch {
  readonly properties: string
  readonly log: string
  /** Java's word for the largest heap: `512m`, `1g`. */
  readonly heap: string
  /** `quick` compiles little: ready sooner, slower later. */
  readonly compile: 'quick' | 'full'
  /** More words for Java, in place of those that name its archive of classes. */
  readonly javaFlags: readonly string[] | undefined
  /** `forever` outlives this process. `ours` is killed when this process ends, however it ends; then `remove` is deleted. */
  readonly life: { readonly until: 'forever' } | { readonly until: 'ours'; readonly remove: string }
}

// The guard reads a pipe whose other end this process holds: it sees the end of file even when this process is killed
// with SIGKILL. `exec` gives the broker the shell's own pid, so `$$` in the guard is the broker.
const guarded = `exec 3<&0
( cat <&3 >/dev/null; kill -9 $$; if [ -n "$REMOVE" ]; then sleep 0.3; rm -rf "$REMOVE"; fi ) 2>/dev/null &
exec 3<&- </dev/null "$@"`

/** Starts the broker in a process group of its own, so that Ctrl-C on the terminal goes to its owner alone. */
export function launchBroker(launch: Launch): ChildProcess {
  const log = openSync(launch.log, 'a')
  try {
    const command = ['java', ...javaFlags(launch), 'kafka.Kafka', launch.properties]
    if (launch.life.until === 'ours') {
      const env = { ...process.env, REMOVE: launch.life.remove }
      return spawn('/bin/sh', ['-c', guarded, 'sh', ...command], { stdio: ['pipe', log, log], detached: true, env })
    }
    const broker = spawn(command[0] as string, command.slice(1), { stdio: ['ignore', log, log], detached: true })
    broker.unref()
    return broker
  } finally {
    closeSync(log)
  }
}

const folderGuard = 'cat >/dev/null; sleep 0.5; rm -rf "$REMOVE"'

/** Deletes a folder once its stdin ends, so also when this process is killed: for nodes that come and go in it. */
export function guardFolder(folder: string): ChildProcess {
  const env = { ...process.env, REMOVE: folder }
  return spawn('/bin/sh', ['-c', folderGuard], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, env })
}

function javaFlags({ heap, compile, javaFlags: more = archiveFlags() }: Launch): string[] {
  const quick = compile === 'quick' ? ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'] : []
  const logging = fileURLToPath(new URL('log4j2.properties', import.meta.url))
  const classes = ['-cp', join(kafkaJars(), '*')]
  return [`-Xmx${heap}`, ...quick, ...more, `-Dlog4j2.configurationFile=${logging}`, ...classes]
}
