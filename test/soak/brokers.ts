/** What a soak runs on: Apache Kafka or the embedded broker as a process that is killed and returns, or somebody's cluster. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePorts } from '../../scripts/kafka/ports.ts'
import { startKafka } from '../../scripts/kafka.ts'

export interface Ground {
  readonly name: 'kafka' | 'embedded' | 'cluster'
  readonly brokers: string
  /** SIGKILL, and started again with its data. Null where it is not ours. */
  readonly restart: (() => Promise<void>) | null
  stop(): Promise<void>
}

export async function onKafka(): Promise<Ground> {
  // A folder of its own: one that Kafka makes for itself goes when a node is killed.
  const data = temporaryFolder('kafka')
  const kafka = await startKafka({ data: data.path, heap: '1g', compile: 'full' })
  const restart = async (): Promise<void> => {
    await kafka.kill(1)
    await kafka.restart(1)
  }
  const stop = async (): Promise<void> => {
    await kafka.kill(1)
    await kafka.stop()
    data.remove()
  }
  return { name: 'kafka', brokers: kafka.brokers, restart, stop }
}

interface Folder {
  readonly path: string
  remove(): void
}

/** Removed at the latest when this process ends: a soak that is cut short leaves no data. */
function temporaryFolder(name: string): Folder {
  const path = mkdtempSync(join(tmpdir(), `millrace-soak-${name}-`))
  const remove = (): void => {
    process.off('exit', remove)
    rmSync(path, { recursive: true, force: true })
  }
  process.once('exit', remove)
  return { path, remove }
}

export function onCluster(brokers: string): Ground {
  return { name: 'cluster', brokers, restart: null, stop: async () => {} }
}

const root = fileURLToPath(new URL('../..', import.meta.url))

export async function onEmbedded(): Promise<Ground> {
  const data = temporaryFolder('broker')
  const [port] = await freePorts(1)
  let child = await startBrokerProcess(port!, data.path)
  const last = (): boolean => child.kill('SIGKILL')
  // Before its folder goes.
  process.prependOnceListener('exit', last)
  return {
    name: 'embedded',
    brokers: `127.0.0.1:${port}`,
    async restart() {
      await end(child)
      child = await startBrokerProcess(port!, data.path)
    },
    async stop() {
      await end(child)
      process.off('exit', last)
      data.remove()
    },
  }
}

async function startBrokerProcess(port: number, data: string): Promise<ChildProcess> {
  const words = ['src/cli/main.ts', 'broker', '--port', String(port), '--data', data]
  const child = spawn(process.execPath, words, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  const ready = once(child.stdout!, 'data')
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The embedded broker ended at its start with ${code}`)
  })
  ended.catch(() => {})
  await Promise.race([ready, ended])
  return child
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}
