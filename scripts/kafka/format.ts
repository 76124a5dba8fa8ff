/** A node's storage as `StorageTool format` makes it: a JVM of its own, so what it writes is kept for the next node. */
import { createHash, randomBytes } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { kafkaJars } from './jars.ts'
import { kafkaTool } from './tool.ts'

export interface Storage {
  readonly node: number
  /** `log.dirs` of its properties. */
  readonly logs: string
  readonly properties: string
  readonly clusterId: string
  /** More words for the tool: features, passwords. */
  readonly words: readonly string[]
}

/** @throws Error with the tool's words when it fails */
export async function formatStorage(storage: Storage): Promise<void> {
  const bootstrap = join(storage.logs, 'bootstrap.checkpoint')
  const kept = keptFor(storage.words)
  if (existsSync(kept)) {
    mkdirSync(storage.logs, { recursive: true })
    copyFileSync(kept, bootstrap)
    writeFileSync(join(storage.logs, 'meta.properties'), identityOf(storage))
    return
  }
  await runTool(storage)
  keep(bootstrap, kept)
}

/** The records that a cluster begins with name neither cluster nor node: they depend on the tool's words alone. */
function keptFor(words: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(words)).digest('hex').slice(0, 16)
  return join(kafkaJars(), '..', `bootstrap-${hash}.checkpoint`)
}

function identityOf({ node, clusterId }: Storage): string {
  const directoryId = randomBytes(16).toString('base64url')
  return `version=1\ncluster.id=${clusterId}\nnode.id=${node}\ndirectory.id=${directoryId}\n`
}

async function runTool({ clusterId, properties, words }: Storage): Promise<void> {
  // An id that begins with a dash would be taken for an option.
  const all = ['format', `--cluster-id=${clusterId}`, '--config', properties, ...words]
  const result = await kafkaTool('kafka.tools.StorageTool', all)
  if (result.exitCode === 0) return
  throw new Error(`Kafka's storage could not be formatted: ${result.stdout}${result.stderr}`)
}

/** Whole or not at all: another process may look for it at any time. */
function keep(file: string, kept: string): void {
  const filling = `${kept}.${process.pid}.${randomBytes(4).toString('hex')}`
  copyFileSync(file, filling)
  renameSync(filling, kept)
}
