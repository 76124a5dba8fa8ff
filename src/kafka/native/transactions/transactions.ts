/** The transactions of one transactional id, under both protocols (before and after KIP-890). */
import { toMilliseconds } from '../../../clock.ts'
import type { TopicPartition } from '../../../record.ts'
import type { BatchBuilder, Compression } from '../../../wire/batch.ts'
import { closed, isRepeatable } from '../../faults.ts'
import type { Appended, MemberIdentity, PartitionOffset, Transactions, TransactionsOptions } from '../../port.ts'
import { KafkaError } from '../../port.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { Coordinator } from '../cluster/coordinators.ts'
import { gaveUp } from '../errors.ts'
import type { Identity } from '../produce/lane.ts'
import { Sender } from '../produce/sender.ts'
import { markersWait } from '../retry.ts'
import { type Named, nothingNamed, watched } from './named.ts'
import { aborted, asUnknown, eventOf, isRefusal, refusedIn } from './transaction-refusals.ts'
import {
  addOffsets,
  addPartitions,
  commitOffsets,
  endTransaction,
  firstProtocolCaps,
  initProducer,
  isConcurrent,
  type Owner,
} from './transaction-requests.ts'
import { type TransactionEvent, type TransactionPhase, transactionTable } from './transaction-states.ts'

/**
 * Markers take about that long. A batch that meets them on their way is kept by the broker for 20 ms
 * (`add.partitions.to.txn.retry.backoff.ms`), so it is sooner written when it comes a little later.
 */
const markersMilliseconds = 2
const none: Identity = { producerId: -1, producerEpoch: -1 }

export class NativeTransactions implements Transactions {
  readonly #cluster: Cluster
  readonly #id: string
  readonly #timeoutMilliseconds: number
  readonly #compression: Compression
  readonly #coordinator: Coordinator
  readonly #groups = new Map<string, Coordinator>()
  #phase: TransactionPhase = 'uninitialised'
  #protocol: 1 | 2 = 1
  #identity: Identity = none
  #sender: Sender | null = null
  /** Positions on their way: commit waits for them. */
  #writes = new Set<Promise<void>>()
  #failure: KafkaError | null = null
  #named: Named = nothingNamed()

  constructor(cluster: Cluster, id: string, { timeout, compression = 'none' }: TransactionsOptions) {
    this.#compression = compression
    this.#cluster = cluster
    this.#id = id
    this.#timeoutMilliseconds = toMilliseconds(timeout)
    this.#coordinator = new Coordinator(cluster, 'transaction', id)
  }

  get open(): boolean {
    return (
      this.#phase === 'open' || this.#phase === 'failed' || this.#phase === 'committing' || this.#phase === 'aborting'
    )
  }

  get protocol(): 1 | 2 {
    return this.#protocol
  }

  async init(): Promise<void> {
    this.#to('init')
    // What is still on its way belongs to the former identity: nothing that becomes of it concerns this one.
    this.#sender?.fail(aborted())
    this.#sender = null
    try {
      const identity = await this.#untilAnswered(() => this.#initOnce(null))
      this.#begin(identity)
      this.#to('initialised')
    } catch (error) {
      throw this.#blame(gaveUp(error as KafkaError))
    }
  }

  append(partition: TopicPartition, batch: BatchBuilder): Promise<Appended> {
    try {
      this.#to('write')
    } catch (refused) {
      return Promise.reject(refused)
    }
    const appended = this.#sender!.append(partition, batch)
    // Who only waits for the commit learns of a failure there.
    appended.catch(() => undefined)
    return appended
  }

  offsets(member: MemberIdentity, positions: readonly PartitionOffset[]): Promise<void> {
    try {
      this.#to('write')
    } catch (refused) {
      return Promise.reject(refused)
    }
    const write = this.#writeOffsets(member, positions)
    this.#writes.add(write)
    const settled = () => this.#writes.delete(write)
    write.then(settled, settled)
    return write
  }

  async commit(): Promise<void> {
    const wasOpen = this.open
    this.#to('commit')
    if (!wasOpen) return
    await Promise.allSettled([this.#sender!.drained(), ...this.#writes])
    if (this.#phase !== 'committing') throw refusedIn(this.#phase, 'commit', this.#id, this.#failure)
    await this.#end(true)
  }

  async abort(): Promise<void> {
    const wasOpen = this.open
    this.#to('abort')
    if (!wasOpen) return
    // What is in flight must not arrive after the end: under protocol 1 it would join the next transaction.
    await Promise.allSettled([this.#sender!.discard(aborted()), ...this.#writes])
    if (this.#phase !== 'aborting') throw refusedIn(this.#phase, 'abort', this.#id, this.#failure)
    await this.#end(false)
  }

  async close(): Promise<void> {
    if (this.#phase === 'open' || this.#phase === 'failed') await this.abort().catch(() => undefined)
    if (this.#phase !== 'closed') this.#to('close')
    this.#sender?.fail(closed('Produce'))
  }

  async #initOnce(present: Identity | null): Promise<Identity> {
    const identity = await initProducer(this.#coordinator, this.#id, this.#timeoutMilliseconds, present)
    const node = await this.#coordinator.node()
    const versions = await this.#cluster.link(node, 'data').versions()
    this.#protocol = versions.transactionVersion >= 2 ? 2 : 1
    return identity
  }

  /** A new epoch: sequences begin at 0 everywhere. `notBefore`: when the first batch may be sent. */
  #begin(identity: Identity, notBefore = 0): void {
    this.#identity = identity
    this.#forgetTransaction()
    const first = this.#protocol === 1
    const owner = this.#owner
    const sender: Sender = new Sender(this.#cluster, identity, {
      transactionalId: this.#id,
      compression: this.#compression,
      cap: first ? firstProtocolCaps.Produce : Number.POSITIVE_INFINITY,
      isLossFinal: first,
      notBefore,
      ...(first ? { enlist: (places: readonly TopicPartition[]) => this.#enlist(owner, places) } : {}),
      failed: (error) => {
        if (this.#sender === sender) this.#blame(error)
      },
    })
    this.#sender = sender
  }

  #forgetTransaction(): void {
    this.#failure = null
    this.#named = nothingNamed()
    this.#writes = new Set()
  }

  async #enlist(owner: Owner, places: readonly TopicPartition[]): Promise<void> {
    const named = this.#named
    await this.#untilAnswered(() => addPartitions(this.#coordinator, owner, places), this.#protocol === 1)
    named.isAny = true
  }

  async #writeOffsets(member: MemberIdentity, positions: readonly PartitionOffset[]): Promise<void> {
    const sender = this.#sender
    // Also if the id starts anew meanwhile: these positions are not for another transaction.
    const [owner, named] = [this.#owner, this.#named]
    const { group } = member
    const cap = this.#protocol === 1 ? firstProtocolCaps.TxnOffsetCommit : Number.POSITIVE_INFINITY
    try {
      if (this.#protocol === 1 && !named.groups.has(group)) {
        await this.#untilAnswered(() => addOffsets(this.#coordinator, owner, group), true)
        named.isAny = true
        named.groups.add(group)
      }
      const coordinator = this.#groupCoordinator(group)
      const commit = () => commitOffsets(coordinator, owner, member, positions, cap)
      await this.#untilAnswered(() => watched(commit, named), this.#protocol === 1)
    } catch (error) {
      throw this.#sender === sender ? this.#blame(error as KafkaError) : error
    }
  }

  get #owner(): Owner {
    return { transactionalId: this.#id, ...this.#identity }
  }

  #groupCoordinator(group: string): Coordinator {
    let coordinator = this.#groups.get(group)
    if (coordinator === undefined) {
      coordinator = new Coordinator(this.#cluster, 'group', group)
      this.#groups.set(group, coordinator)
    }
    return coordinator
  }

  /**
   * There is nothing to end while the coordinator knows of nothing. Under protocol 2 it would even be taken for an end
   * of the previous transaction, if that is still being completed, and be refused as fenced.
   */
  async #end(committed: boolean): Promise<void> {
    if (this.#protocol === 1) {
      if (this.#named.isAny) await this.#endFirst(committed)
      await this.#continueFirst()
    } else if (this.#named.isAny || this.#sender!.hasReached) {
      await this.#endSecond(committed)
    } else {
      this.#begin(this.#identity)
      this.#to('ended')
    }
  }

  async #endFirst(committed: boolean): Promise<void> {
    const end = () => endTransaction(this.#coordinator, this.#owner, committed, firstProtocolCaps.EndTxn)
    try {
      await this.#untilAnswered(end, true)
    } catch (error) {
      throw this.#blame(committed ? (error as KafkaError) : asUnknown(error as KafkaError))
    }
  }

  /** The epoch stays, unless something went wrong: a sequence given to a batch that never came would leave a gap. */
  async #continueFirst(): Promise<void> {
    if (this.#sender?.isSpent) {
      try {
        this.#begin(await this.#untilAnswered(() => this.#initOnce(this.#identity)))
      } catch (error) {
        throw this.#blame(asUnknown(error as KafkaError))
      }
    }
    this.#sender?.forgetEnlisted()
    this.#forgetTransaction()
    this.#to('ended')
  }

  /**
   * The epoch rises with every end, so a stray request can't reach a later transaction, and the end may be repeated
   * with the same epoch: success settles it, any other answer leaves it unknown.
   */
  async #endSecond(committed: boolean): Promise<void> {
    let wasLost = false
    const end = async () => {
      try {
        return await endTransaction(this.#coordinator, this.#owner, committed, Number.POSITIVE_INFINITY)
      } catch (error) {
        if (error instanceof KafkaError && error.fault === 'unknown-outcome') wasLost = true
        throw error
      }
    }
    try {
      const next = await this.#untilAnswered(end)
      this.#begin(next, this.#cluster.clock.monotonic() + markersMilliseconds)
      this.#to('ended')
    } catch (error) {
      // An abort that can't be had leaves nothing but init.
      throw this.#blame(wasLost || !committed ? asUnknown(error as KafkaError) : (error as KafkaError))
    }
  }

  /** Repeats while the fault is one that passes. `isLossFinal`: a lost answer is not one of them (rule R5). */
  async #untilAnswered<T>(ask: () => Promise<T>, isLossFinal = false): Promise<T> {
    const patience = this.#cluster.patience()
    for (let waits = 0; ; ) {
      try {
        return await ask()
      } catch (error) {
        if (!isRepeatable(error) || (isLossFinal && error.fault === 'unknown-outcome')) throw error
        if (!(await patience.wait(isConcurrent(error) ? markersWait(waits++) : undefined))) throw error
      }
    }
  }

  /** Brings the state to what the fault leaves possible, and gives the fault as the caller must see it. */
  #blame(error: KafkaError): KafkaError {
    if (!(error instanceof KafkaError)) throw error
    this.#failure ??= error
    this.#sender?.fail(error)
    if (this.#phase === 'initialising') {
      this.#to(error.fault === 'fenced' ? 'fence' : 'fail')
      return error
    }
    const seen = this.#seenInside(error)
    this.#to(eventOf(seen))
    return seen
  }

  /** Inside a transaction "try later" and, under protocol 2, "unknown" come down to the same: abort it. */
  #seenInside(error: KafkaError): KafkaError {
    const isHarmless = this.#protocol === 2 && error.fault === 'unknown-outcome' && error.request !== 'EndTxn'
    if (error.fault !== 'retriable' && !isHarmless) return error
    return new KafkaError('abortable', error.reason, error.request, error.message, { cause: error })
  }

  #to(event: TransactionEvent): void {
    const next = transactionTable[this.#phase][event]
    if (isRefusal(next)) throw refusedIn(this.#phase, event, this.#id, this.#failure)
    this.#phase = next
  }
}
