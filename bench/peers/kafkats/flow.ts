/** What the program uses of kafkats, which is no dependency: its types are not there when ours are checked. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

export interface Codec<T> {
  readonly encode: (value: T) => Buffer
  readonly decode: (bytes: Buffer) => T
}

export interface Windowed {
  readonly key: string
  readonly window: { readonly start: number; readonly end: number }
}

export interface KStream<K, V> {
  map<K2, V2>(change: (key: K | null, value: V | null) => readonly [K2, V2]): KStream<K2, V2>
  mapValues<V2>(change: (value: V | null) => V2 | null): KStream<K, V2>
  peek(look: (key: K | null, value: V | null) => void): KStream<K, V>
  groupByKey(options?: { readonly key?: Codec<K>; readonly value?: Codec<V> }): {
    windowedBy(windows: unknown): { count(options?: object): { toStream(): KStream<Windowed, number> } }
  }
  to(topic: string, options?: { readonly key?: Codec<K>; readonly value?: Codec<V> }): void
}

export interface FlowApp {
  stream<K, V>(topic: string, options: { readonly key: Codec<K>; readonly value: Codec<V> }): KStream<K, V>
  start(): Promise<void>
  close(): Promise<void>
}

export interface Admin {
  fetchTopicOffsets(topic: string, partitions: number[], which: 'latest'): Promise<Map<number, bigint>>
}

export interface KafkaClient {
  connect(): Promise<void>
  disconnect(): Promise<void>
  admin(): Admin
}

export interface Flow {
  flow(config: object): FlowApp
  readonly TimeWindows: { of(size: `${number}s`): unknown }
}

export interface Client {
  readonly KafkaClient: new (config: object) => KafkaClient
  string(): Codec<string>
  json<T>(): Codec<T>
}

/** Both of its packages, from the folder that `index.ts` made. */
export async function loadKafkats(home: string): Promise<Flow & Client> {
  const [flow, client] = await Promise.all([load<Flow>(home, 'flow'), load<Client>(home, 'client')])
  return { ...client, ...flow }
}

async function load<T>(home: string, name: string): Promise<T> {
  const url = pathToFileURL(join(home, name, 'dist/index.js')).href
  return (await import(url)) as T
}
