/**
 * How operators reach workers: whatever they do is a row of `<app>.audit`, and who has something to be operated follows
 * that topic from the moment on. Every thread hears every row and carries out what is its own.
 */
import { sleep } from '../clock.ts'
import type { Fetcher } from '../kafka/port.ts'
import { topicNames } from '../topology/graph.ts'
import type { BreakerCommand } from './breakers/breaker.ts'
import { outageMilliseconds, passesByItself } from './recovery.ts'
import { applyRows } from './restore/restore.ts'
import type { Thread } from './settings.ts'

export interface OperatorPorts {
  readonly thread: Thread
  /** A task of that id may be another's. */
  resumeTask(id: string): void
  /** Told when the topic can be followed no further. */
  failed(error: unknown): void
}

/** What of a row counts here. */
interface Command {
  readonly who: string
  readonly action: string
  readonly target: string
}

const breakerCommands: Readonly<Record<string, BreakerCommand>> = {
  'breaker.open': 'force-open',
  'breaker.close': 'force-close',
  'breaker.probe': 'force-probe',
}

export class OperatorLog {
  private readonly ports: OperatorPorts
  private following: Promise<void> | null = null
  private fetcher: Fetcher | null = null
  private isClosed = false

  constructor(ports: OperatorPorts) {
    this.ports = ports
    if (ports.thread.breakers !== undefined) this.listen()
  }

  /** Carries out what operators do from now on. Once is enough. */
  listen(): void {
    if (this.isClosed) return
    this.following ??= this.follow(this.ports.thread.clock.now()).catch((error: unknown) => {
      if (!this.isClosed) this.ports.failed(error)
    })
  }

  async close(): Promise<void> {
    this.isClosed = true
    this.fetcher?.wake()
    await this.following
    await this.fetcher?.close()
  }

  /** @param since wall time: what was said before is not meant for this worker */
  private async follow(since: number): Promise<void> {
    const { kafka, graph } = this.ports.thread
    const partition = { topic: topicNames.audit(graph.app), partition: 0 }
    const [start] = (await this.patiently(() => kafka.offsets([partition], { time: since }))) ?? []
    if (start === undefined || this.isClosed) return
    const fetcher = kafka.fetcher({ isolation: 'read_committed' })
    this.fetcher = fetcher
    fetcher.seek(partition, start.offset)
    const applying = {
      apply: (_key: Buffer | null, value: Buffer | null, _time: number, offset: number) => this.hear(value, offset),
      start: start.offset,
      end: Number.POSITIVE_INFINITY,
      cancelled: () => this.isClosed,
    }
    while (!this.isClosed) {
      const polled = await this.patiently(() => fetcher.poll({ seconds: 1 }))
      for (const fetched of polled ?? []) await applyRows(fetched, applying)
    }
  }

  /** A task may well be paused by what keeps Kafka from being reached. @returns undefined where it is closed meanwhile */
  private async patiently<T>(ask: () => Promise<T>): Promise<T | undefined> {
    while (!this.isClosed) {
      try {
        return await ask()
      } catch (error) {
        if (!passesByItself(error)) throw error
        await sleep(this.ports.thread.clock, outageMilliseconds)
      }
    }
    return undefined
  }

  private hear(value: Buffer | null, offset: number): void {
    const command = value === null ? null : commandOf(value)
    if (command === null) return
    const { action, target, who } = command
    if (action === 'task.resume') this.ports.resumeTask(target)
    const breakerCommand = breakerCommands[action]
    if (breakerCommand !== undefined) this.ports.thread.breakers?.force(target, breakerCommand, offset, who)
  }
}

/** Total: null for what is no row. */
function commandOf(value: Buffer): Command | null {
  try {
    const row = JSON.parse(value.toString()) as Partial<Command> | null
    const { who, action, target } = row ?? {}
    return typeof who === 'string' && typeof action === 'string' && typeof target === 'string'
      ? { who, action, target }
      : null
  } catch {
    return null
  }
}
