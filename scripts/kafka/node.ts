/** One node: its folder, its process, and how both end. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sleep, systemClock } from '../../src/clock.ts'
import { answersMetadata } from './answer.ts'
import { formatStorage } from './format.ts'
import { type Launch, launchBroker } from './launch.ts'
import { type NodeSite, serverProperties } from './properties.ts'

export interface NodeOptions {
  readonly folder: string
  readonly site: NodeSite
  readonly properties: Readonly<Record<string, string>>
  readonly heap: string
  readonly compile: Launch['compile']
  readonly javaFlags: Launch['javaFlags']
  readonly life: Launch['life']
  /** For `StorageTool format`, when the folder is new. */
  readonly clusterId: string
  readonly formatWords: readonly string[]
}

const startTimeoutMilliseconds = 60_000
const stopTimeoutMilliseconds = 20_000

export class KafkaNode {
  readonly id: number
  readonly port: number
  readonly #options: NodeOptions
  readonly #files: { readonly properties: string; readonly log: string; readonly logs: string }
  #process: ChildProcess | null = null

  constructor(options: NodeOptions) {
    const { folder, site } = options
    this.id = site.id
    this.port = site.port
    this.#options = options
    this.#files = { properties: join(folder, 'server.properties'), log: join(folder, 'kafka.log'), logs: site.logs }
  }

  get pid(): number {
    return this.#process?.pid ?? -1
  }

  /** Writes its properties and, in a new folder, formats its storage. */
  async prepare(): Promise<void> {
    const { folder, site, properties, clusterId, formatWords } = this.#options
    mkdirSync(folder, { recursive: true })
    writeFileSync(this.#files.properties, serverProperties(site, properties))
    writeFileSync(this.#files.log, '')
    if (existsSync(join(site.logs, 'meta.properties'))) return
    const { properties: file } = this.#files
    await formatStorage({ node: site.id, logs: site.logs, properties: file, clusterId, words: formatWords })
  }

  /** Resolves when it answers Metadata with so many brokers. @throws Error with the end of its log when it does not */
  async start(brokers: number): Promise<void> {
    const { heap, compile, javaFlags, life } = this.#options
    const { properties, log } = this.#files
    const node = launchBroker({ properties, log, heap, compile, javaFlags, life })
    this.#process = node
    const until = systemClock.monotonic() + startTimeoutMilliseconds
    while (!(await answersMetadata(this.port, brokers))) {
      const ended = hasEnded(node)
      if (!ended && systemClock.monotonic() < until) {
        await sleep(systemClock, 50)
        continue
      }
      node.kill('SIGKILL')
      const tail = readFileSync(log, 'utf8').trim().split('\n').slice(-15).join('\n')
      throw new Error(`Apache Kafka ${ended ? 'ended at its start' : 'did not answer in time'}:\n${tail}`)
    }
  }

  /** Ends the process: at once, or in good order. Its data stays. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const node = this.#process
    if (node === null) return
    this.#process = null
    if (!hasEnded(node)) {
      const ended = once(node, 'exit')
      node.kill(signal)
      const overdue = systemClock.after(stopTimeoutMilliseconds, () => node.kill('SIGKILL'))
      await ended
      overdue.cancel()
    }
    node.stdin?.destroy()
  }
}

function hasEnded(node: ChildProcess): boolean {
  return node.exitCode !== null || node.signalCode !== null
}
