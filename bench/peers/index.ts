/** The peers there are, by name. Their files are loaded when they are asked for. */
import type { PeerCommand } from './peer.ts'

const peers: Readonly<Record<string, () => Promise<PeerCommand>>> = {
  flink: async () => (await import('./flink/index.ts')).flink,
  'flink-rocksdb': async () => (await import('./flink/index.ts')).flinkRocksdb,
  'kafka-streams': async () => (await import('./kafka-streams/index.ts')).kafkaStreams,
  kafkajs: async () => (await import('./kafkajs/index.ts')).kafkajs,
  quix: async () => (await import('./quix/index.ts')).quix,
  kafkats: async () => (await import('./kafkats/index.ts')).kafkats,
}

/** What became of those that were asked for. */
export interface PreparedPeers {
  readonly ready: readonly PeerCommand[]
  /** A sentence per peer that can't take part. */
  readonly failures: readonly string[]
}

/**
 * Fetches and compiles what the peers need. Those that no work has any use for are left out without a word.
 * @example const { ready } = await preparePeers(['flink', 'kafka-streams'], ['map', 'q0'])
 */
export async function preparePeers(names: readonly string[], works: readonly string[]): Promise<PreparedPeers> {
  const ready: PeerCommand[] = []
  const failures: string[] = []
  for (const name of names) {
    try {
      const peer = await peers[name]!()
      if (!works.some((work) => peer.works.includes(work))) continue
      await peer.prepare()
      ready.push(peer)
    } catch (error) {
      failures.push(`${name} cannot take part: ${error instanceof Error ? error.message : error}`)
    }
  }
  return { ready, failures }
}
