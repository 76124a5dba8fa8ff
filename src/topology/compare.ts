/** What a new version of a topology keeps of the one that is deployed, and what it costs. Pure: two descriptions in, a list out. */
import type { GraphDescription, NodeDescription, StoreDescription, SubTopologyDescription } from './describe-graph.ts'
import type { InternalTopic } from './graph.ts'

/**
 * `kept`: goes on where it was. `created`: made empty. `abandoned`: stays in Kafka, nobody uses it. `migrated`: old rows
 * are read by the old version of their serde. `rebuilt`: what is there does not fit; the input must be replayed.
 */
export type ChangeEffect = 'kept' | 'created' | 'abandoned' | 'migrated' | 'rebuilt'

export interface TopologyChange {
  readonly subject: 'store' | 'topic' | 'input' | 'sub-topology'
  readonly name: string
  readonly effect: ChangeEffect
  /** What follows from it; empty for what is kept. */
  readonly note: string
}

/**
 * True for a change after which results are wrong or incomplete unless the input is read again.
 * @example compareTopologies(before, after).some(needsReplay)
 */
export function needsReplay({ subject, effect }: TopologyChange): boolean {
  return effect === 'rebuilt' || (subject === 'store' && effect === 'created')
}

/**
 * Compares what is deployed with what is to be.
 * @param deployed null when nothing is: then everything is made, and nothing needs a replay but by its nature
 * @example compareTopologies(describeGraph(compile(before)), describeGraph(compile(after))).filter(needsReplay)
 */
export function compareTopologies(deployed: GraphDescription | null, next: GraphDescription): TopologyChange[] {
  const before = deployed ?? { ...next, subTopologies: [], inputs: [], internal: [] }
  return [
    ...compareStores(before, next),
    ...compareTopics(before, next),
    ...compareInputs(before, next),
    ...comparePlaces(before, next),
  ]
}

interface PlacedStore extends StoreDescription {
  readonly keeper: NodeDescription
}

function compareStores(before: GraphDescription, next: GraphDescription): TopologyChange[] {
  const old = storesIn(before)
  const now = storesIn(next)
  const changes = [...now].map(([name, store]): TopologyChange => {
    const known = old.get(name)
    if (known === undefined) return { subject: 'store', name, effect: 'created', note: createdNote(before) }
    return { subject: 'store', name, ...compareStore(known, store) }
  })
  return [...changes, ...leftOver('store', old, now, 'its changelog stays: delete it when no older version runs')]
}

function createdNote({ inputs }: GraphDescription): string {
  return inputs.length === 0
    ? 'filled from the start of the inputs'
    : 'empty: records read already are not in it until they are replayed'
}

function compareStore(old: PlacedStore, now: PlacedStore): Pick<TopologyChange, 'effect' | 'note'> {
  const differing = differences(meaningOf(old), meaningOf(now))
  if (differing.length > 0)
    return { effect: 'rebuilt', note: `${differing.join(', ')}: rows of before mean something else` }
  if (now.version > old.version)
    return { effect: 'migrated', note: `rows of version ${old.version} are read as version ${now.version}` }
  if (now.version < old.version)
    return { effect: 'rebuilt', note: `rows of version ${old.version} can not be read by version ${now.version}` }
  if (now.value !== old.value)
    return { effect: 'rebuilt', note: `values were written as ${old.value}, are read as ${now.value}` }
  return { effect: 'kept', note: '' }
}

/** What a row says, beside the value in it. How results come out may change freely. */
function meaningOf({
  kind,
  key,
  changelog,
  keeper: { kind: operator, settings },
}: PlacedStore): Record<string, unknown> {
  const { emit: _emit, trigger: _trigger, value: _value, sum: _sum, ...rest } = settings
  return { kind, key, changelog, operator, ...rest }
}

function differences(old: Readonly<Record<string, unknown>>, now: Readonly<Record<string, unknown>>): string[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])]
  return names
    .filter((name) => JSON.stringify(old[name]) !== JSON.stringify(now[name]))
    .map((name) => `${name} was ${JSON.stringify(old[name])}, is ${JSON.stringify(now[name])}`)
}

function storesIn({ subTopologies }: GraphDescription): Map<string, PlacedStore> {
  return new Map(
    subTopologies.flatMap(({ stores, nodes }) =>
      stores.map(
        (store) => [store.name, { ...store, keeper: nodes.find(({ name }) => name === store.node)! }] as const,
      ),
    ),
  )
}

function compareTopics(before: GraphDescription, next: GraphDescription): TopologyChange[] {
  const topicsOf = ({ internal }: GraphDescription) =>
    new Map(internal.filter(({ kind }) => kind !== 'changelog').map((topic) => [topic.name, topic]))
  const old = topicsOf(before)
  const now = topicsOf(next)
  const changes = [...now].map(([name, topic]): TopologyChange => {
    const known = old.get(name)
    if (known === undefined) return { subject: 'topic', name, effect: 'created', note: '' }
    const isSame = sizeOf(known, before) === sizeOf(topic, next)
    return { subject: 'topic', name, ...(isSame ? { effect: 'kept', note: '' } : resized(topic)) }
  })
  const left = leftOver('topic', old, now, 'records in it that are not read yet are lost: let its lag become 0 first')
  return [
    ...changes,
    ...left.map((each) => (readByNobody.includes(old.get(each.name)!.kind) ? { ...each, note: '' } : each)),
  ]
}

/** What its number of partitions follows from. Sub-topologies are known by their names: numbers move when another comes. */
function sizeOf({ partitionsOf }: InternalTopic, { subTopologies }: GraphDescription): string {
  if (typeof partitionsOf === 'string' || !('subTopology' in partitionsOf)) return JSON.stringify(partitionsOf)
  return `as ${nameOf(subTopologies.find(({ id }) => id === partitionsOf.subTopology)!)}`
}

/** A letter has no place by its key: more partitions do no harm. */
function resized({ kind, partitionsOf }: InternalTopic): Pick<TopologyChange, 'effect' | 'note'> {
  if (kind !== 'dead-letter' || typeof partitionsOf === 'string' || !('topics' in partitionsOf))
    return { effect: 'rebuilt', note: 'its number of partitions changes: keys would move' }
  const sources = partitionsOf.topics.join(', ')
  return { effect: 'kept', note: `as many partitions as the largest of ${sources}: give it more where it has fewer` }
}

/** No task reads them: what lies there stays as it is. */
const readByNobody: readonly InternalTopic['kind'][] = ['dead-letter', 'marks', 'audit']

function compareInputs(before: GraphDescription, next: GraphDescription): TopologyChange[] {
  const old = new Map(before.inputs.map((input) => [input.name, input]))
  const now = new Map(next.inputs.map((input) => [input.name, input]))
  const changes = [...now].map(([name, input]): TopologyChange => {
    const known = old.get(name)
    if (known === undefined)
      return { subject: 'input', name, effect: 'created', note: 'read from its start, unless told otherwise' }
    const differing = differences({ ...known }, { ...input })
    return { subject: 'input', name, effect: 'kept', note: differing.join(', ') }
  })
  return [...changes, ...leftOver('input', old, now, 'no longer read')]
}

/** Tasks are known by their first source: what they saved of event time is found under that name only. */
function comparePlaces(before: GraphDescription, next: GraphDescription): TopologyChange[] {
  const old = new Map(before.subTopologies.map((each) => [nameOf(each), each]))
  const now = new Map(next.subTopologies.map((each) => [nameOf(each), each]))
  const changes = [...now.keys()].map((name): TopologyChange => {
    return { subject: 'sub-topology', name, effect: old.has(name) ? 'kept' : 'created', note: '' }
  })
  return [...changes, ...leftOver('sub-topology', old, now, 'where its event time stood is forgotten')]
}

function nameOf({ sources }: SubTopologyDescription): string {
  return sources[0]!.topic
}

function leftOver(
  subject: TopologyChange['subject'],
  old: ReadonlyMap<string, unknown>,
  now: ReadonlyMap<string, unknown>,
  note: string,
): TopologyChange[] {
  return [...old.keys()].filter((name) => !now.has(name)).map((name) => ({ subject, name, effect: 'abandoned', note }))
}
