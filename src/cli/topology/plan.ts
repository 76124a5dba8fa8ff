/** `millrace topology plan FILE`: what a rollout of the file would keep, make and leave behind. */
import {
  compareTopologies,
  compile,
  describe,
  type GraphDescription,
  needsReplay,
  readDeployed,
  type Topology,
  type TopologyChange,
} from '../../index.ts'
import type { Kafka } from '../../kafka/port.ts'
import { loadTopologies } from '../load.ts'
import { withKafka } from '../topics/client.ts'

/** The flags, parsed. */
export interface PlanFlags {
  readonly brokers?: readonly string[]
  readonly gate?: boolean
  readonly json: boolean
}

interface Plan {
  readonly topology: string
  /** False when no worker ever started under this name. */
  readonly deployed: boolean
  readonly replay: boolean
  readonly changes: readonly TopologyChange[]
}

/** Prints a plan per topology. With `--gate` the exit code is 6 (a check failed) when one of them needs a replay. */
export async function planCommand(file: string, flags: PlanFlags): Promise<void> {
  const topologies = await loadTopologies([file])
  const plans = await withKafka(flags.brokers, (kafka) => Promise.all(topologies.map((each) => planOf(kafka, each))))
  if (flags.json) console.log(JSON.stringify(plans.length === 1 ? plans[0] : plans))
  else console.log(plans.map(textOf).join('\n\n'))
  if (flags.gate && plans.some(({ replay }) => replay)) process.exitCode = 6
}

async function planOf(kafka: Kafka, topology: Topology): Promise<Plan> {
  const before = await readDeployed(kafka, topology.name)
  const next = JSON.parse(describe(compile(topology), 'json')) as GraphDescription
  const changes = compareTopologies(before, next)
  return {
    topology: topology.name,
    deployed: before !== null,
    replay: before !== null && changes.some(needsReplay),
    changes,
  }
}

const signs: Readonly<Record<TopologyChange['effect'], string>> = {
  kept: '=',
  created: '+',
  abandoned: '-',
  migrated: '~',
  rebuilt: '!',
}

function textOf({ topology, deployed, replay, changes }: Plan): string {
  const head = deployed ? `topology ${topology}` : `topology ${topology}: nothing is deployed under this name`
  const rows = changes.map(({ subject, name, effect, note }) => {
    return `  ${signs[effect]} ${subject.padEnd(12)}  ${name}  ${effect}${note === '' ? '' : `: ${note}`}`
  })
  const end = replay
    ? 'The input must be replayed: what is marked + store or ! does not follow from what is there.'
    : 'No replay is needed.'
  return [head, ...rows, end].join('\n')
}
