/** The works of `state.ts`: each takes so many records and commits every so many. */
import type { MicroGraph, MicroKeyValueStore, StateBench } from './state-bench.ts'

export type StateRun = (records: number, commitEvery: number) => void
export type StateWork = (bench: StateBench, keys: string) => StateRun

const windowMilliseconds = 10_000
const recordsPerMillisecond = 9.2
const firstTime = Date.UTC(2026, 0, 1)
const keyBytes = 16
/** Of the window that all records over given keys lie in. */
const startBytes = Buffer.alloc(8)
startBytes.writeBigUInt64BE(BigInt(firstTime))
const nothing = Buffer.alloc(0)

/** Keys as they come from Kafka: bytes that a serde makes a text of, for every record anew. */
function keysOf(bench: StateBench, keys: string): (record: number) => string {
  const bytes = Buffer.alloc(keyBytes)
  let seed = 1
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((seed / 2 ** 32) * below)
  }
  return (record) => {
    const number = keys === 'nexmark' ? auctionOf(record, random) : random(Number(keys))
    const end = bytes.write(String(1000 + number), 'latin1')
    return bench.decodeKey(bytes, 0, end)
  }
}

/** Every second bid goes to the hot auction, the others to one of the last hundred; 3 auctions come with 46 bids. */
function auctionOf(record: number, random: (below: number) => number): number {
  const newest = Math.floor((record * 3) / 46)
  return random(2) === 0 ? Math.floor(newest / 100) * 100 : Math.max(0, newest - random(100))
}

/** Nexmark's time passes; over given keys all windows stay open. */
function timeOf(record: number, keys: string): number {
  return firstTime + (keys === 'nexmark' ? Math.floor(record / recordsPerMillisecond) : record % windowMilliseconds)
}

function windowStore(bench: StateBench, keys: string): StateRun {
  const store = bench.store('window')
  const key = keysOf(bench, keys)
  let record = 0
  const close = (time: number): void => {
    for (const start of [...store.starts()]) {
      if (start + windowMilliseconds > time) return
      for (const row of store.rows(start)) store.delete(start, row.key)
    }
  }
  return (records, commitEvery) => {
    for (let count = 1; count <= records; count++) {
      const time = timeOf(record, keys)
      if (store.firstStart + windowMilliseconds <= time) close(time)
      const of = key(record++)
      const start = time - (time % windowMilliseconds)
      const row = store.get(start, of)
      store.put(start, of, row === undefined ? 1 : (row.value as number) + 1, time)
      bench.undo.forget()
      if (count % commitEvery === 0) commit(store)
    }
  }
}

function keyValueStore(bench: StateBench, keys: string): StateRun {
  const store = bench.store('key-value')
  const key = keysOf(bench, keys)
  let record = 0
  return (records, commitEvery) => {
    for (let count = 1; count <= records; count++) {
      const time = timeOf(record, keys)
      const of = key(record++)
      const row = store.get(of)
      store.put(of, row === undefined ? 1 : (row.value as number) + 1, time)
      bench.undo.forget()
      if (count % commitEvery === 0) commit(store)
    }
  }
}

function commit(store: Pick<MicroKeyValueStore, 'flush' | 'commit'>): void {
  store.flush(() => undefined)
  store.commit()
}

/** Every key has its row already. */
function restoreAll(graph: MicroGraph, keys: number, before: Buffer): void {
  const one = Buffer.from('1')
  for (let number = 0; number < keys; number++) {
    graph.restore('counts', Buffer.concat([before, Buffer.from(String(1000 + number))]), one)
  }
  graph.restored()
}

/** A topology of one task over records that are no more than their key. */
function graphWork(topologyOf: (library: StateBench['library']) => unknown, before = startBytes): StateWork {
  return (bench, keys) => {
    const graph = bench.graph(topologyOf(bench.library))
    if (keys !== 'nexmark') restoreAll(graph, Number(keys), before)
    const key = keysOf(bench, keys)
    let record = 0
    return (records, commitEvery) => {
      for (let count = 1; count <= records; count++) {
        const time = timeOf(record, keys)
        graph.receive(key(record++), 1, time)
        if (count % commitEvery === 0) graph.commit()
      }
    }
  }
}

const topicOf = ({ topic, text, number }: StateBench['library'], name: string): unknown =>
  topic(name, { key: text, value: number })

/** The keys alone: what the others cost beside state. */
const keysOnly: StateWork = (bench, keys) => {
  const key = keysOf(bench, keys)
  let record = 0
  let length = 0
  return (records) => {
    for (let count = 0; count < records; count++) length += key(record++).length
    if (length === 0) throw new Error('No keys')
  }
}

export const stateWorks: Readonly<Record<string, StateWork>> = {
  keys: keysOnly,
  'window-store': windowStore,
  'key-value-store': keyValueStore,
  'window-count': graphWork((library) => {
    const { topology, from, tumbling } = library
    const counts = from(topicOf(library, 'bids'))
      .window(tumbling({ seconds: 10 }))
      .count('counts')
    return topology('micro', counts.to(topicOf(library, 'out')))
  }),
  'window-updates': graphWork((library) => {
    const { topology, from, tumbling } = library
    const counts = from(topicOf(library, 'bids'))
      .window(tumbling({ seconds: 10 }))
      .count('counts')
      .updates()
    return topology('micro', counts.to(topicOf(library, 'out')))
  }),
  'session-count': graphWork((library) => {
    const { topology, from, session } = library
    const counts = from(topicOf(library, 'bids'))
      .window(session({ seconds: 10 }))
      .count('counts')
    return topology('micro', counts.to(topicOf(library, 'out')))
  }),
  'key-count': graphWork((library) => {
    const { topology, from } = library
    return topology('micro', from(topicOf(library, 'bids')).count('counts').to(topicOf(library, 'out')))
  }, nothing),
}
