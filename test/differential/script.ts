/** A script of random requests, drawn from a seed, and its answers on one broker. */
import { type Random, randomInteger, seededRandom } from '../../src/random.ts'
import { groupOperations } from './groups.ts'
import { listOperations } from './lists.ts'
import type { Operation, Step } from './operation.ts'
import { pairOperations } from './pair.ts'
import { recordOperations } from './records.ts'
import { sessionOperations } from './sessions.ts'
import { topicOperations } from './topics.ts'
import { transactionOperations } from './transactions.ts'
import { type Protocol, type TopicKind, topicKinds, topicName, World } from './world.ts'

const operations: Readonly<Record<string, Operation>> = {
  ...transactionOperations,
  ...recordOperations,
  ...groupOperations,
  ...topicOperations,
  ...sessionOperations,
  ...pairOperations,
  ...listOperations,
}
const weights: readonly (readonly [string, number])[] = Object.entries(operations).map(([name, { weight }]) => [
  name,
  weight,
])
const totalWeight: number = weights.reduce((total, [, weight]) => total + weight, 0)

const fewestSteps = 15
const mostSteps = 45
const partitions = 2
const configsOf: Readonly<Record<TopicKind, readonly { readonly name: string; readonly value: string }[]>> = {
  '': [],
  stamped: [{ name: 'message.timestamp.type', value: 'LogAppendTime' }],
  compacted: [{ name: 'cleanup.policy', value: 'compact' }],
}

export function scriptOf(seed: number): Step[] {
  const random = seededRandom(seed)
  const steps = randomInteger(random, fewestSteps, mostSteps)
  return Array.from({ length: steps }, () => {
    const name = draw(random)
    return { operation: name, choices: operations[name]!.choose(random) }
  })
}

function draw(random: Random): string {
  let left = random.next() * totalWeight
  for (const [name, weight] of weights) {
    left -= weight
    if (left < 0) return name
  }
  return weights[0]![0]
}

/** One line a step. */
export async function answersOf(
  steps: readonly Step[],
  address: string,
  name: string,
  protocol: Protocol,
): Promise<string[]> {
  const world = new World(address, name, protocol)
  try {
    await prepare(world)
    const answers: string[] = []
    for (const { operation, choices } of steps) {
      const answer = await operations[operation]!.perform(world, choices)
      answers.push(`${operation} ${JSON.stringify(choices)} → ${JSON.stringify(answer)}`)
    }
    return answers
  } finally {
    world.close()
  }
}

/** Its topics are led, and its coordinators have read what they have to. */
async function prepare(world: World): Promise<void> {
  for (const kind of topicKinds) {
    const name = topicName(world, kind)
    world.topicIds.set(name, await world.session.createTopic(partitions, name, configsOf[kind]))
  }
  for (const id of ['a', 'b']) await world.session.findCoordinator(world.nameOf(id), 1)
  for (const group of ['dynamic', 'static', 'pair', 'free', 'unknown']) {
    await world.session.findCoordinator(world.nameOf(group), 0)
  }
}
