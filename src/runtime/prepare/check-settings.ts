/** Settings that topics of ours must have, whoever made them: with others Kafka deletes what nobody has read, or changes it. */
import { MillraceError } from '../../faults.ts'
import type { Graph, InternalTopic } from '../../topology/graph.ts'
import { timeLimitsIn } from '../commit/time-limits.ts'
import { defaultMaxMessageBytes, letterRoom } from './internal-settings.ts'

type Settings = Readonly<Record<string, string | null>>

interface Terms {
  readonly settings: Readonly<Record<string, string>>
  readonly why: string
}

const compacted: Terms = {
  settings: { 'cleanup.policy': 'compact' },
  why: 'what Kafka deletes by age or size is state that can not be restored',
}
/** Event times are old whenever they are read late, so age says nothing. */
const lasting: Terms = {
  settings: {
    'cleanup.policy': 'delete',
    'retention.ms': '-1',
    'retention.bytes': '-1',
    'message.timestamp.type': 'CreateTime',
  },
  why: 'with other settings Kafka deletes records that are not read yet, or gives them another time',
}

const terms: Readonly<Record<InternalTopic['kind'], Terms>> = {
  changelog: compacted,
  progress: compacted,
  marks: { ...compacted, why: 'a dead letter whose mark is deleted could be redriven twice' },
  repartition: lasting,
  retry: lasting,
  redrive: lasting,
  'dead-letter': {
    settings: { 'cleanup.policy': 'delete' },
    why: 'compaction deletes letters of which none is settled',
  },
  audit: { settings: { 'cleanup.policy': 'delete' }, why: 'what operators did has no key' },
}

/** One setting that is not as it must be. */
interface Wrong {
  readonly name: string
  readonly found: string
  readonly wanted: string
  readonly why: string
}

/**
 * Nothing starts on a topic that would lose what it is for.
 * @param limits how large a record of each topic may be, as far as it is known
 * @throws MillraceError MR2009 for the first topic that does
 */
export function checkSettings(
  graph: Graph,
  present: readonly InternalTopic[],
  configs: ReadonlyMap<string, Settings>,
  limits: ReadonlyMap<string, number>,
): void {
  for (const internal of present) {
    const wrong = wrongIn(internal, configs.get(internal.name)!, limits)
    if (wrong.length > 0) throw wrongSettings(graph, internal, wrong)
  }
}

function wrongIn(internal: InternalTopic, found: Settings, limits: ReadonlyMap<string, number>): Wrong[] {
  const { settings, why } = terms[internal.kind]
  const named = Object.entries(settings).flatMap(([name, wanted]) =>
    (found[name] ?? wanted) === wanted ? [] : [{ name, found: found[name]!, wanted, why }],
  )
  switch (internal.kind) {
    case 'dead-letter':
      return [...named, ...wrongLetterTimes(found), ...wrongLetterSize(internal, found, limits)]
    case 'retry':
    case 'redrive':
      return [...named, ...wrongLimits(internal, found)]
    default:
      return named
  }
}

/** By the time of the record, which may be long past, a letter would be deleted at once. */
function wrongLetterTimes(found: Settings): Wrong[] {
  const name = 'message.timestamp.type'
  if (found['retention.ms'] === '-1' || (found[name] ?? 'LogAppendTime') === 'LogAppendTime') return []
  const why = 'by the time of its record, which may be long past, retention would delete a letter at once'
  return [{ name, found: found[name]!, wanted: 'LogAppendTime', why }]
}

/** A record that fits where it is read fits as a letter too. */
function wrongLetterSize({ feeds = [] }: InternalTopic, found: Settings, limits: ReadonlyMap<string, number>): Wrong[] {
  const name = 'max.message.bytes'
  const largest = Math.max(0, ...feeds.map(({ source }) => limits.get(source) ?? 0))
  const wanted = largest === 0 ? 0 : largest + letterRoom
  const limit = Number(found[name] ?? defaultMaxMessageBytes)
  if (limit >= wanted) return []
  const why = 'a letter has room for its record and 32 KiB of headers, or all that is left of it is a pointer'
  return [{ name, found: String(limit), wanted: String(wanted), why }]
}

function wrongLimits({ name: topic }: InternalTopic, found: Settings): Wrong[] {
  if (!timeLimitsIn(new Map([[topic, found]])).has(topic)) return []
  return ['message.timestamp.before.max.ms', 'message.timestamp.after.max.ms'].map((name) => {
    const wanted = String(2n ** 63n - 1n)
    return { name, found: String(found[name]), wanted, why: 'event times are kept, whatever they are' }
  })
}

function wrongSettings({ app }: Graph, { kind, name }: InternalTopic, wrong: readonly Wrong[]): MillraceError {
  const has = wrong.map((each) => `${each.name}=${each.found}`).join(' and ')
  const needs = wrong.map((each) => each.wanted).join(' and ')
  const set = wrong.map((each) => `${each.name}=${each.wanted}`).join(',')
  return new MillraceError('fatal', {
    code: 'MR2009',
    what: `The ${kind} topic ${name} has ${has}, it needs ${needs}`,
    where: `topology ${app}`,
    why: [...new Set(wrong.map((each) => each.why))].join('; '),
    fix: `kafka-configs.sh --alter --topic ${name} --add-config ${set}`,
  })
}
