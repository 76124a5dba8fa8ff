/** Who may import whom, as data. The rooms are the folders of `src`; a leaf is a room or file that everyone may import. */

export const leaves: readonly string[] = [
  'record',
  'clock',
  'virtual-clock',
  'heap',
  'random',
  'faults',
  'connector',
  'wire',
  'serde',
  'time',
  'policies',
  'kafka/port',
  'kafka/faults',
  'kafka/by-topic',
  'kafka/murmur2',
  'observe/events',
  'duration',
  'alike',
]

export interface Arrows {
  readonly may: readonly string[]
  /** Only `import type` may go there. */
  readonly types?: readonly string[]
  readonly packages?: readonly string[]
}

const publicEntries: readonly string[] = [
  'index',
  'broker/index',
  'testing/index',
  'kafka/kafkajs/index',
  'registry/index',
  'queries/index',
  'serde/registry/avro',
  'state/lmdb/index',
  'dead-letters/index',
]

/** Beside itself and the leaves. A folder that is not here may not exist. */
export const arrows: Readonly<Record<string, Arrows>> = {
  // The package's entry, and `run` in it, which makes the default Kafka client.
  index: { may: ['run', 'topology', 'runtime', 'state', 'dead-letters', 'kafka/native', 'observe'] },
  run: { may: ['environment', 'runtime', 'topology', 'kafka/native', 'queries'] },
  environment: { may: [] },
  'shared-memory': { may: ['runtime/breakers/cells'] },
  broker: { may: [] },
  'kafka/native': { may: [] },
  'kafka/kafkajs': { may: [], packages: ['kafkajs'] },
  registry: { may: [] },
  state: { may: [] },
  // `millrace/lmdb`; its package is optional.
  'state/lmdb': { may: ['state'], packages: ['lmdb'] },
  topology: { may: [], types: ['state'] },
  operators: { may: ['topology/nodes', 'topology/graph', 'state/store', 'state/undo', 'state/row-key'] },
  runtime: { may: ['operators', 'topology', 'state'] },
  'dead-letters': { may: ['runtime', 'topology', 'state'] },
  queries: { may: ['runtime', 'topology', 'state'], packages: ['ws'] },
  testing: {
    may: [
      'runtime',
      'topology',
      'broker',
      'kafka/native',
      'state/row-key',
      'state/rows',
      'state/row-format',
      'state/memory',
    ],
  },
  cli: { may: [...publicEntries, 'run', 'shared-memory', 'environment'], packages: ['commander'] },
  ...Object.fromEntries(leaves.map((leaf) => [leaf, { may: [] }])),
  serde: { may: [], packages: ['@standard-schema/spec'] },
  // `millrace/avro`; its packages are optional.
  'serde/registry': {
    may: [],
    packages: ['avsc', '@kafkajs/confluent-schema-registry', 'ajv', 'ajv/dist/2019.js', 'ajv/dist/2020.js'],
  },
}

/** Folders that use the product: they may speak its public names only. Beside them the tools of the project they may take. */
export const publicUsers: Readonly<Record<string, readonly string[]>> = {
  examples: ['scripts/tools', 'scripts/kafka'],
  bench: ['scripts/tools', 'scripts/kafka'],
  topologies: [],
  connectors: [],
}
export const publicNames: readonly string[] = [
  'millrace',
  'millrace/broker',
  'millrace/testing',
  'millrace/kafkajs',
  'millrace/registry',
  'millrace/queries',
  'millrace/avro',
  'millrace/lmdb',
]
/** What demos and benches may use beside the product: it starts brokers and workers, fills topics and reads results. */
export const toolsOfUsers: readonly string[] = ['scripts/kafka.ts', 'scripts/tools/']
export const publicFiles: readonly string[] = publicEntries.map((entry) => `src/${entry}.ts`)

/** Every file of the product is reached from one of these. */
export const entries: readonly string[] = [...publicFiles, 'src/cli/main.ts']

/** Tables that are long because what they list is. */
export const dataTables: readonly RegExp[] = [/^src\/wire\/errors\.ts$/, /^src\/wire\/apis\//]

/** `src/wire/apis/index.ts` is at `wire/apis/index`. */
export function placeOf(path: string): string {
  return path.replace(/^src\//, '').replace(/\.ts$/, '')
}

export function isWithin(place: string, room: string): boolean {
  return place === room || place.startsWith(`${room}/`)
}

/** The longest name of the table that the place lies in. */
export function roomOf(place: string): string | undefined {
  const rooms = Object.keys(arrows).filter((room) => isWithin(place, room))
  return rooms.sort((one, other) => other.length - one.length)[0]
}
