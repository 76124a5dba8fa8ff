/** The Java program beside this file: compiled once, one process for any number of cases. */
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { streamsTestJars } from '../../../scripts/kafka.ts'
import type { Answer, Case } from '../../streams/case.ts'

/** Kafka Streams, asked case by case. */
export interface KafkaStreams {
  /** @throws Error with Kafka Streams' own words when it refuses the topology or fails in it */
  ask(about: Pick<Case, 'operators' | 'steps' | 'stores'>): Promise<Answer>
  close(): Promise<void>
}

/**
 * Starts the driver. Cases are answered in the order asked; ask many without waiting to keep it busy.
 * @example const peer = startKafkaStreams(); const answer = await peer.ask(oneCase); await peer.close()
 */
export function startKafkaStreams(): KafkaStreams {
  const state = mkdtempSync(join(tmpdir(), 'millrace-peer-'))
  const libraries = join(streamsTestJars(), '*')
  const flags = ['-Xmx512m', '-XX:+UseSerialGC', '-cp', `${libraries}:${classes(libraries)}`]
  const java = spawn('java', [...flags, 'Driver', state], { stdio: ['pipe', 'pipe', 'inherit'] })
  const answers = new Answers(java)
  return {
    ask: (about) => answers.next(about),
    close: async () => {
      java.stdin.end()
      if (java.exitCode === null) await once(java, 'exit')
      rmSync(state, { recursive: true, force: true })
    },
  }
}

type Java = ChildProcessByStdio<Writable, Readable, null>
interface Waiting {
  readonly resolve: (answer: Answer) => void
  readonly reject: (reason: Error) => void
}

/** Matches lines with questions: the program keeps their order. */
class Answers {
  private readonly java: Java
  private readonly waiting: Waiting[] = []

  constructor(java: Java) {
    this.java = java
    createInterface({ input: java.stdout }).on('line', (line) => this.take(line))
    java.on('error', (error) => this.end(error))
    java.on('exit', (code) => this.end(new Error(`The Kafka Streams driver ended with ${code}`)))
    java.stdin.on('error', (error) => this.end(error))
  }

  next({ operators, steps, stores }: Pick<Case, 'operators' | 'steps' | 'stores'>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject })
      this.java.stdin.write(`${JSON.stringify({ operators, steps, stores })}\n`)
    })
  }

  private take(line: string): void {
    const { resolve, reject } = this.waiting.shift()!
    const answer = JSON.parse(line) as Answer & { readonly error?: string }
    if (answer.error === undefined) resolve(answer)
    else reject(new Error(`Kafka Streams: ${answer.error}`))
  }

  private end(reason: Error): void {
    for (const { reject } of this.waiting.splice(0)) reject(reason)
  }
}

/** The folder of the compiled program, named after its source: filled beside its place, then renamed. */
function classes(libraries: string): string {
  const sources = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.java'))
  const files = sources.sort().map((name) => join(import.meta.dirname, name))
  const hash = createHash('sha256').update(files.map((file) => readFileSync(file, 'utf8')).join('\0'))
  const home = join(dirname(streamsTestJars()), `driver-${hash.digest('hex').slice(0, 16)}`)
  if (existsSync(home)) return home
  mkdirSync(dirname(home), { recursive: true })
  const filling = mkdtempSync(`${home}-`)
  const javac = spawnSync('javac', ['-nowarn', '-d', filling, '-cp', libraries, ...files], { encoding: 'utf8' })
  if (javac.status !== 0) throw new Error(`The Kafka Streams driver does not compile: ${javac.stderr}`)
  try {
    renameSync(filling, home)
  } catch (error) {
    rmSync(filling, { recursive: true, force: true })
    if (!existsSync(home)) throw error
  }
  return home
}
