/**
 * What is known of each schema id. `get` is synchronous: an id that is known costs a look into a map, any other throws
 * `NotReady` and asks the registry meanwhile. Nothing is asked unless somebody wants it, and never twice at once.
 */
import { type Clock, type Duration, type Timer, toMilliseconds } from '../../clock.ts'
import { MillraceError, reject, toError } from '../../faults.ts'
import { NotReady } from '../not-ready.ts'
import { RegistryRefusal, type SchemaSource, type WriterSchema } from './source.ts'

export interface SchemaCacheOptions<T> {
  readonly source: SchemaSource
  /** @throws reject MR3001 for a schema that can't be read with */
  readonly compile: (schema: WriterSchema) => T
  readonly clock: Clock
  /** A record waits so long for its schema; null: for as long as it takes. */
  readonly timeout: Duration | null
}

type Entry<T> =
  | { readonly state: 'known'; readonly value: T }
  /** The registry has said no. */
  | { readonly state: 'refused'; readonly fault: MillraceError; readonly until: number }
  | Waiting

interface Waiting {
  readonly state: 'waiting'
  /** When it was first asked for. */
  readonly since: number
  readonly failures: number
  /** Why the last question failed. */
  readonly why: string
  /** Resolves when it is worth another look. */
  readonly ready: Promise<void>
  /** True while a question is under way, or the pause after one. */
  isBusy: boolean
}

/** What is refused is asked for again after this: a schema may be replicated late. Milliseconds. */
const refusedFor = 30_000
/** The pause after a failure, doubled each time up to the longest. Milliseconds. */
const shortestPause = 100
const longestPause = 2_000
/** So many refusals are remembered: a topic may be full of ids that nobody knows. */
const mostRefused = 1_000

export class SchemaCache<T> {
  private readonly options: SchemaCacheOptions<T>
  private readonly timeoutMilliseconds: number
  private readonly entries = new Map<number, Entry<T>>()
  /** Ids that were refused, the oldest first. */
  private readonly refused = new Set<number>()

  constructor(options: SchemaCacheOptions<T>) {
    this.options = options
    this.timeoutMilliseconds = options.timeout === null ? Number.POSITIVE_INFINITY : toMilliseconds(options.timeout)
  }

  /** @throws NotReady while the registry is asked; reject MR3001 for an id without a schema that can be read with */
  get(id: number): T {
    const entry = this.entries.get(id)
    return entry?.state === 'known' ? entry.value : this.ask(id, entry)
  }

  /** What needs not be asked. */
  learn(id: number, value: T): void {
    this.entries.set(id, { state: 'known', value })
  }

  private ask(id: number, entry: Exclude<Entry<T>, { state: 'known' }> | undefined): T {
    const { now } = this.options.source
    if (now !== undefined) return this.compile(id, now.schema(id))
    const time = this.options.clock.monotonic()
    if (entry?.state === 'refused' && time < entry.until) throw entry.fault
    const former = entry?.state === 'waiting' ? entry : null
    const waiting = former?.isBusy ? former : this.begin(id, former)
    throw this.notReady(id, waiting, time)
  }

  /** @throws reject MR3001 */
  private compile(id: number, schema: WriterSchema | null): T {
    if (schema === null) throw unknownId(id, this.options.source)
    const value = this.options.compile(schema)
    this.entries.set(id, { state: 'known', value })
    return value
  }

  private begin(id: number, former: Waiting | null): Waiting {
    const since = former?.since ?? this.options.clock.monotonic()
    const { promise: ready, resolve } = Promise.withResolvers<void>()
    const waiting: Waiting = { ...first, ...former, since, ready, isBusy: true }
    this.entries.set(id, waiting)
    const timer = this.wakeWhenOverdue(since, resolve)
    void this.question(id, waiting).then(() => {
      timer?.cancel()
      resolve()
    })
    return waiting
  }

  /** Who waits must hear that it has waited long enough, also from a registry that says nothing. */
  private wakeWhenOverdue(since: number, wake: () => void): Timer | null {
    if (this.timeoutMilliseconds === Number.POSITIVE_INFINITY) return null
    const left = since + this.timeoutMilliseconds - this.options.clock.monotonic()
    return left > 0 ? this.options.clock.after(left, wake) : null
  }

  private async question(id: number, waiting: Waiting): Promise<void> {
    try {
      this.compile(id, await this.options.source.schema(id))
    } catch (error) {
      const fault = refusalOf(id, error)
      if (fault !== null) this.refuse(id, fault)
      else await this.pause(id, waiting, toError(error).message)
    }
  }

  private refuse(id: number, fault: MillraceError): void {
    this.entries.set(id, { state: 'refused', fault, until: this.options.clock.monotonic() + refusedFor })
    this.refused.delete(id)
    this.refused.add(id)
    if (this.refused.size > mostRefused) this.forgetOldest()
  }

  private forgetOldest(): void {
    const [oldest] = this.refused
    this.refused.delete(oldest!)
    if (this.entries.get(oldest!)?.state === 'refused') this.entries.delete(oldest!)
  }

  private pause(id: number, waiting: Waiting, why: string): Promise<void> {
    const failures = waiting.failures + 1
    const paused: Waiting = { ...waiting, failures, why }
    this.entries.set(id, paused)
    return new Promise((resolve) => {
      this.options.clock.after(Math.min(longestPause, shortestPause * 2 ** failures), () => {
        paused.isBusy = false
        resolve()
      })
    })
  }

  private notReady(id: number, { since, ready, why }: Waiting, time: number): NotReady {
    const what = `Schema ${id} is asked for at ${this.options.source.name}${why && `: ${why}`}`
    if (time - since < this.timeoutMilliseconds) return new NotReady(what, ready)
    const fix = 'start the registry, then redrive the dead letters'
    return new NotReady(
      what,
      ready,
      new MillraceError('reject', { code: 'MR3006', what, why: 'it took too long', fix }),
    )
  }
}

const first = { state: 'waiting', failures: 0, why: '' } as const

function unknownId(id: number, { name }: SchemaSource): MillraceError {
  return reject(`No schema has the id ${id} at ${name}`, { code: 'MR3001' })
}

/** What no further question can change. */
function refusalOf(id: number, error: unknown): MillraceError | null {
  if (error instanceof MillraceError) return error
  if (!(error instanceof RegistryRefusal)) return null
  return reject(`Schema ${id} can't be used: ${error.message}`, { code: 'MR3001', cause: error })
}
