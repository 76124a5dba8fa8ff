import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { answersMetadata } from './answer.ts'
import { type HoldableLink, holdableLink } from './holdable-link.ts'
import { guardFolder } from './launch.ts'
import { KafkaNode } from './node.ts'
import { freePorts } from './ports.ts'

export interface KafkaOptions {
  /** Brokers in the cluster, 1 by default. The first is also the controller, so the others can't elect while it is down. */
  readonly nodes?: number
  /** Of the first node. Absent or 0: a free one. */
  readonly port?: number
  /** Where its log lives. Absent: a temporary folder, removed with the broker. */
  readonly data?: string
  /** `transactionVersion: 0` makes a broker of the days before transaction protocol 2 (KIP-890). */
  readonly features?: { readonly transactionVersion?: 0 | 2 }
  /** Java's word for the largest heap. Default `512m`, `256m` each where there are several; benches take `1g`. */
  readonly heap?: string
  /** `quick` (default) is ready sooner, `full` is faster in the long run: for benches. */
  readonly compile?: 'quick' | 'full'
  /** More words for Java, in place of those that name its archive of classes. */
  readonly javaFlags?: readonly string[]
  /** More lines of `server.properties`, or other values for ours; a function gives each node (from 1) its own. */
  readonly properties?: NodeProperties | ((node: number) => NodeProperties)
  /** More words for `StorageTool format`: `['--add-scram', …]`. */
  readonly formatWords?: readonly string[]
  /** Go on after this process has ended. Needs `data`. */
  readonly forever?: boolean
}

export type NodeProperties = Readonly<Record<string, string>>

export interface RunningKafka {
  /** `127.0.0.1:port` of every node, with commas between, for `KAFKA_BROKERS`. */
  readonly brokers: string
  /** Of the first node. */
  readonly port: number
  /** Of the first node. */
  readonly pid: number
  readonly data: string
  /** Where each node listens, the first node's first. */
  readonly ports: readonly number[]
  /** Ends a node with SIGKILL. Nodes are numbered from 1. */
  kill(node: number): Promise<void>
  /** Starts a node again that was killed. Resolves when it answers. */
  restart(node: number): Promise<void>
  /** Nothing passes between this node and those that connect to it, until `release`. Clients are not concerned. */
  hold(node: number): void
  release(node: number): void
  /** Ends it: at once when its data is temporary, else in good order. Stopping twice does nothing. */
  stop(): Promise<void>
}

const triesForPorts = 3

/**
 * The cleaner's table is wiped for each log it cleans, several times a second: with Kafka's 128 MiB that was a quarter of
 * what a broker under test did. This one has room for 600,000 keys.
 */
const cleanerOfTests: NodeProperties = { 'log.cleaner.dedupe.buffer.size': String(16 * 1024 * 1024) }

/**
 * Starts Apache Kafka 4.1 from Maven jars: one node or several. Resolves when each answers Metadata with all of them.
 * It dies with this process, even if that is killed.
 * @example
 * const kafka = await startKafka({ nodes: 2 })
 * await run(topology, { brokers: kafka.brokers })
 * await kafka.kill(2)
 * await kafka.stop()
 * @throws Error with the end of the broker's log when it does not come up
 */
export async function startKafka(options: KafkaOptions = {}): Promise<RunningKafka> {
  if (options.forever && options.data === undefined) throw new Error('startKafka: forever needs a data folder')
  if (options.forever && (options.nodes ?? 1) > 1) throw new Error('startKafka: several nodes end with this process')
  const data = options.data ?? mkdtempSync(join(tmpdir(), 'millrace-kafka-'))
  try {
    return await startOnFreePorts(data, options)
  } catch (error) {
    if (options.data === undefined) rmSync(data, { recursive: true, force: true })
    throw error
  }
}

/** Another process may take a port between our asking and the broker's listening: then other ports are tried. */
async function startOnFreePorts(data: string, options: KafkaOptions): Promise<RunningKafka> {
  for (let tries = 1; ; tries++) {
    const cluster = await plan(data, options)
    try {
      await Promise.all(cluster.nodes.map((node) => node.prepare()))
      await Promise.all(cluster.nodes.map((node) => node.start(cluster.nodes.length)))
      return running(cluster, options)
    } catch (error) {
      await end(cluster, 'SIGKILL')
      const taken = error instanceof Error && error.message.includes('Address already in use')
      if (!taken || options.port || tries === triesForPorts) throw error
    }
  }
}

interface Cluster {
  readonly data: string
  /** Removes the data of several nodes; a single one has a guard that does both. */
  readonly guard: ChildProcess | null
  readonly nodes: readonly KafkaNode[]
  readonly links: readonly HoldableLink[]
}

async function plan(data: string, options: KafkaOptions): Promise<Cluster> {
  const count = options.nodes ?? 1
  const [controllerPort = 0, ...free] = await freePorts(1 + 2 * count)
  const ports = free.slice(0, count).map((port, index) => (index === 0 && options.port) || port)
  if (await answersMetadata(ports[0]!)) throw new Error(`There is a broker on port ${ports[0]} already`)
  const internalPorts = count === 1 ? [] : free.slice(count)
  const links = await Promise.all(internalPorts.map(holdableLink))
  const clusterId = randomBytes(16).toString('base64url')
  const nodes = ports.map((port, index) => {
    const folder = index === 0 ? data : join(data, `node-${index + 1}`)
    const link = links[index]
    const internal = link === undefined ? {} : { internal: { port: internalPorts[index]!, advertisedPort: link.port } }
    const site = { id: index + 1, port, controllerPort, logs: join(folder, 'log'), ...internal }
    return new KafkaNode({ folder, site, clusterId, ...launchOf(site.id, data, options) })
  })
  const guard = count > 1 && options.data === undefined ? guardFolder(data) : null
  return { data, nodes, links, guard }
}

function launchOf(node: number, data: string, options: KafkaOptions) {
  const { properties = {}, features, forever, compile = 'quick' } = options
  const cleaning = compile === 'quick' ? cleanerOfTests : {}
  const version = features?.transactionVersion
  const featureWords = version === undefined ? [] : ['--feature', `transaction.version=${version}`]
  const isSeveral = (options.nodes ?? 1) > 1
  const remove = options.data === undefined && !isSeveral ? data : ''
  return {
    properties: { ...cleaning, ...(typeof properties === 'function' ? properties(node) : properties) },
    formatWords: [...featureWords, ...(options.formatWords ?? [])],
    heap: options.heap ?? (isSeveral ? '256m' : '512m'),
    compile,
    javaFlags: options.javaFlags,
    life: forever ? ({ until: 'forever' } as const) : ({ until: 'ours', remove } as const),
  }
}

function running(cluster: Cluster, options: KafkaOptions): RunningKafka {
  const { data, nodes, links } = cluster
  const isTemporary = options.data === undefined
  const numbered = <T>(list: readonly T[], node: number): T => {
    const found = list[node - 1]
    if (found === undefined) throw new Error(`startKafka: there is no node ${node} that could be cut off`)
    return found
  }
  return {
    brokers: nodes.map(({ port }) => `127.0.0.1:${port}`).join(','),
    port: nodes[0]!.port,
    pid: nodes[0]!.pid,
    data,
    ports: nodes.map(({ port }) => port),
    kill: (node) => numbered(nodes, node).end('SIGKILL'),
    restart: (node) => numbered(nodes, node).start(1),
    hold: (node) => numbered(links, node).hold(),
    release: (node) => numbered(links, node).release(),
    async stop() {
      await end(cluster, isTemporary ? 'SIGKILL' : 'SIGTERM')
      if (isTemporary) rmSync(data, { recursive: true, force: true })
    },
  }
}

/** In good order the controller goes last: brokers take leave of it. */
async function end({ nodes, links, guard }: Cluster, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  for (const link of links) link.release()
  const [first, ...others] = nodes
  await Promise.all(others.map((node) => node.end(signal)))
  await first?.end(signal)
  guard?.stdin?.destroy()
  await Promise.all(links.map((link) => link.close()))
}
