/** The forms of a bench, as data: what is measured when the command line does not say. */

export interface Form {
  /** Null: all there are. */
  readonly works: readonly string[] | null
  readonly variants: readonly string[]
  readonly peers: readonly string[]
  /** Of the peers' numbers of threads: the best one, or all. */
  readonly peerThreads: 'best' | 'all'
  /** Of ours: each takes part by itself. */
  readonly threads: readonly number[]
  readonly rounds: number
  /** Bids, or for works on several topics the events those bids are among. */
  readonly records: number
  /** Of work `restore`. */
  readonly rows: number
  /** Of work `latency`. */
  readonly latency: { readonly warmUpSeconds: number; readonly seconds: number }
}

export const allVariants = ['fast-json', 'json-parse', 'memory', 'lmdb'] as const
export const allPeers = ['flink', 'flink-rocksdb', 'kafka-streams', 'kafkajs', 'quix', 'kafkats'] as const
const fastPeers = ['flink', 'flink-rocksdb', 'kafka-streams'] as const

/** `short` takes at most five minutes, `full` hours; `named` is what works get that are named on the command line. */
export const forms = {
  short: {
    works: ['map', 'windowed-count-final', 'q0'],
    variants: ['fast-json', 'memory'],
    peers: ['flink', 'kafka-streams'],
    peerThreads: 'best',
    threads: [1, 2],
    rounds: 2,
    records: 1_200_000,
    rows: 1_000_000,
    latency: { warmUpSeconds: 5, seconds: 20 },
  },
  named: {
    works: null,
    variants: allVariants,
    peers: fastPeers,
    peerThreads: 'best',
    threads: [1],
    rounds: 2,
    records: 1_500_000,
    rows: 1_000_000,
    latency: { warmUpSeconds: 15, seconds: 60 },
  },
  full: {
    works: null,
    variants: allVariants,
    peers: allPeers,
    peerThreads: 'all',
    threads: [1, 2],
    rounds: 5,
    records: 5_000_000,
    rows: 2_000_000,
    latency: { warmUpSeconds: 15, seconds: 60 },
  },
} as const satisfies Record<string, Form>
