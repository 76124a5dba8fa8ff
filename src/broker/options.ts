/** What a broker is started with, and the settings that come of it. */
import { type Clock, type Duration, systemClock, toMilliseconds } from '../clock.ts'
import { type Random, systemRandom } from '../random.ts'

export interface BrokerOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number
  readonly host?: string
  /** How many nodes there are, from 1 on, each on a port of its own. They share one copy of every record. One when left out. */
  readonly nodes?: number
  /** Where clients are told to find the broker, when that is not where it listens: a proxy in front of it. */
  readonly advertised?: { readonly host: string; readonly port: number }
  /** Partitions of a topic whose creator names no number. */
  readonly partitions?: number
  /** 2 is transaction protocol v2 (KIP-890); with 0 clients use the older one. */
  readonly features?: { readonly transactionVersion?: 0 | 1 | 2 }
  /** Milliseconds between the answer to EndTxn and each marker it leaves, drawn anew for every partition. */
  readonly markerDelay?: { readonly minimum: number; readonly maximum: number }
  /** Gives aborted transactions in any order: the protocol promises none. */
  readonly shuffleAborted?: boolean
  readonly autoCreateTopics?: boolean
  readonly groupInitialRebalanceDelay?: Duration
  readonly groupMinimumSessionTimeout?: Duration
  /** How often timed-out transactions are looked for. */
  readonly transactionCheckInterval?: Duration
  readonly clock?: Clock
  readonly random?: Random
  /** Told of mistakes of the broker itself; a warning of the process when left out. */
  readonly onError?: (error: Error) => void
}

/** Times are milliseconds. */
export interface Settings {
  readonly nodes: number
  readonly partitions: number
  readonly transactionVersion: 0 | 1 | 2
  readonly markerDelay: { readonly minimum: number; readonly maximum: number }
  readonly shuffleAborted: boolean
  readonly autoCreateTopics: boolean
  readonly groupInitialRebalanceDelay: number
  readonly groupMinimumSessionTimeout: number
  readonly transactionCheckInterval: number
  readonly clock: Clock
  readonly random: Random
  readonly onError: (error: Error) => void
}

/** The defaults are Apache Kafka's, but for those a desk needs otherwise: one partition, no wait before a first join. */
export function settingsOf(options: BrokerOptions): Settings {
  return {
    nodes: options.nodes ?? 1,
    partitions: options.partitions ?? 1,
    transactionVersion: options.features?.transactionVersion ?? 2,
    markerDelay: options.markerDelay ?? { minimum: 1, maximum: 3 },
    shuffleAborted: options.shuffleAborted ?? false,
    autoCreateTopics: options.autoCreateTopics ?? false,
    groupInitialRebalanceDelay: toMilliseconds(options.groupInitialRebalanceDelay ?? {}),
    groupMinimumSessionTimeout: toMilliseconds(options.groupMinimumSessionTimeout ?? { seconds: 6 }),
    transactionCheckInterval: toMilliseconds(options.transactionCheckInterval ?? { seconds: 10 }),
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
    onError: options.onError ?? ((error) => process.emitWarning(error)),
  }
}
