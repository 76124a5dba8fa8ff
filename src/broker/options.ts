/** What a broker is started with, and the settings that come of it. */
import { type Clock, type Duration, systemClock, toMilliseconds } from '../clock.ts'
import { type Random, systemRandom } from '../random.ts'
import type { TlsSettings } from './network/tls.ts'
import type { Address } from './nodes.ts'
import type { SaslOptions } from './sasl/options.ts'
import type { FlushPolicy } from './storage/file-segment.ts'

export interface BrokerOptions {
  /** With a certificate the broker speaks TLS and nothing else; `requestCert` asks clients for theirs. */
  readonly tls?: TlsSettings
  /** With mechanisms nobody is served before it has said who it is. */
  readonly sasl?: SaslOptions
  /** How long a client may stay before it has to authenticate anew (KIP-368); as long as it likes when left out. */
  readonly reauthentication?: Duration
  /** 0, the default, takes a free port. */
  readonly port?: number
  readonly host?: string
  /** How many nodes there are, from 1 on, each on a port of its own. They share one copy of every record. One when left out. */
  readonly nodes?: number
  /** The rack of each node. Where there are some, a reader is sent to the replica in its own (KIP-392). */
  readonly racks?: readonly string[]
  /** Where clients are told to find the nodes, when that is not where they listen: proxies in front of them. */
  readonly advertised?: Address | readonly Address[] | ((node: number) => Address)
  /** Partitions of a topic whose creator names no number. */
  readonly partitions?: number
  /** 2 is transaction protocol v2 (KIP-890); with 0 clients use the older one. */
  readonly features?: {
    readonly transactionVersion?: 0 | 1 | 2
    /** With 1 there are groups of the newer protocol (KIP-848); 0 when left out. */
    readonly groupVersion?: 0 | 1
  }
  /** How long a member of a group of the newer protocol may say nothing. */
  readonly consumerSessionTimeout?: Duration
  /** How often it is asked to speak. */
  readonly consumerHeartbeatInterval?: Duration
  /** Milliseconds between the answer to EndTxn and each marker it leaves, drawn anew for every partition. */
  readonly markerDelay?: { readonly minimum: number; readonly maximum: number }
  /** Gives aborted transactions in any order: the protocol promises none. */
  readonly shuffleAborted?: boolean
  readonly autoCreateTopics?: boolean
  readonly groupInitialRebalanceDelay?: Duration
  readonly groupMinimumSessionTimeout?: Duration
  /** Most members a group may have; no limit when left out. */
  readonly groupMaximumSize?: number
  /** How long positions outlive the last member of their group. */
  readonly offsetsRetention?: Duration
  readonly offsetsRetentionCheckInterval?: Duration
  /** The longest time a client may ask for its transactions. */
  readonly transactionMaximumTimeout?: Duration
  /** How long a transactional id is remembered that nobody uses. */
  readonly transactionalIdExpiration?: Duration
  readonly transactionalIdExpirationCheckInterval?: Duration
  /** How often timed-out transactions are looked for. */
  readonly transactionCheckInterval?: Duration
  /** Opens no port: clients connect by the broker's `socketFactory`. */
  readonly inProcess?: boolean
  /** Port of the control endpoint, on 127.0.0.1; 0 takes a free one. There is none when left out. */
  readonly control?: number
  /** Whether the broker watches what clients do to exactly-once. */
  readonly audit?: boolean
  /** How many of the last requests are kept to be looked at; none when left out. */
  readonly requestLog?: number
  /** Where records are kept from one start to the next; in memory, for as long as the broker runs, when left out. */
  readonly directory?: string
  /** When what is written is made to outlive a loss of power: never by us, once in a while, or before the answer. */
  readonly flush?: FlushPolicy
  /** The while of `flush: 'interval'`. */
  readonly flushInterval?: Duration
  /** How often old segments are looked for. */
  readonly retentionCheckInterval?: Duration
  /** How often logs are looked at that may have to be compacted. */
  readonly compactionCheckInterval?: Duration
  /** How long a partition remembers a producer that does not write. */
  readonly producerIdExpiration?: Duration
  readonly producerIdExpirationCheckInterval?: Duration
  readonly clock?: Clock
  readonly random?: Random
  /** Told of mistakes of the broker itself; a warning of the process when left out. */
  readonly onError?: (error: Error) => void
}

/** Times are milliseconds. */
export interface Settings {
  readonly tls: TlsSettings | null
  readonly sasl: SaslOptions | null
  /** 0: never. */
  readonly reauthentication: number
  readonly nodes: number
  readonly racks: readonly string[]
  readonly partitions: number
  readonly transactionVersion: 0 | 1 | 2
  readonly groupVersion: 0 | 1
  readonly consumerSessionTimeout: number
  readonly consumerHeartbeatInterval: number
  readonly markerDelay: { readonly minimum: number; readonly maximum: number }
  readonly shuffleAborted: boolean
  readonly autoCreateTopics: boolean
  readonly groupInitialRebalanceDelay: number
  readonly groupMinimumSessionTimeout: number
  readonly groupMaximumSize: number
  readonly offsetsRetention: number
  readonly offsetsRetentionCheckInterval: number
  readonly transactionMaximumTimeout: number
  readonly transactionalIdExpiration: number
  readonly transactionalIdExpirationCheckInterval: number
  readonly transactionCheckInterval: number
  readonly audit: boolean
  readonly requestLog: number
  /** null: in memory. */
  readonly directory: string | null
  readonly flush: FlushPolicy
  readonly flushInterval: number
  readonly retentionCheckInterval: number
  readonly compactionCheckInterval: number
  readonly producerIdExpiration: number
  readonly producerIdExpirationCheckInterval: number
  readonly clock: Clock
  readonly random: Random
  readonly onError: (error: Error) => void
}

/** The defaults are Apache Kafka's, but for those a desk needs otherwise: one partition, no wait before a first join. */
export function settingsOf(options: BrokerOptions): Settings {
  return {
    tls: options.tls ?? null,
    sasl: options.sasl ?? null,
    reauthentication: toMilliseconds(options.reauthentication ?? {}),
    nodes: options.nodes ?? 1,
    racks: options.racks ?? [],
    partitions: options.partitions ?? 1,
    transactionVersion: options.features?.transactionVersion ?? 2,
    groupVersion: options.features?.groupVersion ?? 0,
    consumerSessionTimeout: toMilliseconds(options.consumerSessionTimeout ?? { seconds: 45 }),
    consumerHeartbeatInterval: toMilliseconds(options.consumerHeartbeatInterval ?? { seconds: 5 }),
    markerDelay: options.markerDelay ?? { minimum: 1, maximum: 3 },
    shuffleAborted: options.shuffleAborted ?? false,
    autoCreateTopics: options.autoCreateTopics ?? false,
    groupInitialRebalanceDelay: toMilliseconds(options.groupInitialRebalanceDelay ?? {}),
    groupMinimumSessionTimeout: toMilliseconds(options.groupMinimumSessionTimeout ?? { seconds: 6 }),
    groupMaximumSize: options.groupMaximumSize ?? 0x7fffffff,
    offsetsRetention: toMilliseconds(options.offsetsRetention ?? { days: 7 }),
    offsetsRetentionCheckInterval: toMilliseconds(options.offsetsRetentionCheckInterval ?? { minutes: 10 }),
    transactionMaximumTimeout: toMilliseconds(options.transactionMaximumTimeout ?? { minutes: 15 }),
    transactionalIdExpiration: toMilliseconds(options.transactionalIdExpiration ?? { days: 7 }),
    transactionalIdExpirationCheckInterval: toMilliseconds(
      options.transactionalIdExpirationCheckInterval ?? { hours: 1 },
    ),
    transactionCheckInterval: toMilliseconds(options.transactionCheckInterval ?? { seconds: 10 }),
    audit: options.audit ?? false,
    requestLog: options.requestLog ?? 0,
    directory: options.directory ?? null,
    flush: options.flush ?? 'interval',
    flushInterval: toMilliseconds(options.flushInterval ?? { seconds: 1 }),
    retentionCheckInterval: toMilliseconds(options.retentionCheckInterval ?? { minutes: 5 }),
    compactionCheckInterval: toMilliseconds(options.compactionCheckInterval ?? { seconds: 15 }),
    producerIdExpiration: toMilliseconds(options.producerIdExpiration ?? { days: 1 }),
    producerIdExpirationCheckInterval: toMilliseconds(options.producerIdExpirationCheckInterval ?? { minutes: 10 }),
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
    onError: options.onError ?? ((error) => process.emitWarning(error)),
  }
}
