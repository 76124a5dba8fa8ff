/** Changes of a topic's settings, worked out before anything is changed (KIP-133, KIP-339). Pure. */
import { errorCode } from '../../wire/errors.ts'
import { configProblem } from '../configs.ts'
import { listOf, topicDefinition, topicDefinitions } from './definitions.ts'

export interface ConfigChange {
  readonly name: string
  readonly configOperation: number
  readonly value: string | null
}

export interface ConfigRefusal {
  readonly code: number
  readonly message: string
}

export type ChangedConfigs =
  | { readonly kind: 'changed'; readonly configs: ReadonlyMap<string, string> }
  | ({ readonly kind: 'refused' } & ConfigRefusal)

type Operation = (before: ReadonlyMap<string, string>, change: ConfigChange) => ReadonlyMap<string, string>

/** By Kafka's numbers: set, delete, append, subtract. */
const operations: readonly Operation[] = [
  (before, { name, value }) => new Map([...before, [name, value ?? '']]),
  (before, { name }) => new Map([...before].filter(([each]) => each !== name)),
  (before, { name, value }) => {
    const there = listIn(before, name)
    const added = partsOf(value ?? '').filter((part) => !there.includes(part))
    return new Map([...before, [name, [...there, ...added].join(',')]])
  },
  (before, { name, value }) => {
    const there = listIn(before, name)
    const taken = new Set(partsOf(value ?? ''))
    const left = there.filter((part) => !taken.has(part))
    return new Map([...before, [name, left.join(',')]])
  },
]
const deletes = 1

/**
 * The settings after all changes; the first that cannot be refuses the whole.
 * @example changedConfigs(new Map(), [{ name: 'retention.ms', configOperation: 0, value: '1000' }])
 */
export function changedConfigs(before: ReadonlyMap<string, string>, changes: readonly ConfigChange[]): ChangedConfigs {
  const names = new Set(changes.map(({ name }) => name))
  if (names.size < changes.length) return refuse(errorCode.INVALID_REQUEST, 'a setting is named twice')
  let configs = before
  for (const change of changes) {
    const problem = changeProblem(change)
    if (problem !== null) return { kind: 'refused', ...problem }
    configs = operations[change.configOperation]!(configs, change)
  }
  for (const { name, configOperation } of changes) {
    const problem = configOperation === deletes ? null : configProblem(name, configs.get(name) ?? '')
    if (problem !== null && configs.has(name)) return refuse(errorCode.INVALID_CONFIG, problem)
  }
  return { kind: 'changed', configs }
}

/** The settings as they are given, and nothing else; what is not named has its default again. */
export function replacedConfigs(
  entries: readonly { readonly name: string; readonly value: string | null }[],
): ChangedConfigs {
  return changedConfigs(
    new Map(),
    entries.map((entry) => ({ ...entry, configOperation: 0 })),
  )
}

function changeProblem({ name, configOperation, value }: ConfigChange): ConfigRefusal | null {
  if (operations[configOperation] === undefined) {
    return { code: errorCode.UNKNOWN_SERVER_ERROR, message: `there is no operation ${configOperation}` }
  }
  if (configOperation === deletes) return null
  if (value === null) return { code: errorCode.INVALID_REQUEST, message: `${name} cannot be null` }
  const type = topicDefinition(name)?.type
  if (type === undefined) return { code: errorCode.INVALID_CONFIG, message: `Unknown topic config name: ${name}` }
  if (configOperation === 0 || type === 'list') return null
  return { code: errorCode.INVALID_CONFIG, message: `${name} is of type ${type}, not a list that could grow or shrink` }
}

/** As Java splits a text: empty parts at the end go, but not the only one. */
function partsOf(value: string): readonly string[] {
  return value === '' ? [''] : value.replace(/,+$/, '').split(',')
}

function listIn(configs: ReadonlyMap<string, string>, name: string): readonly string[] {
  return listOf(configs.get(name) ?? topicDefinitions[name]!.value)
}

function refuse(code: number, message: string): ChangedConfigs {
  return { kind: 'refused', code, message }
}
