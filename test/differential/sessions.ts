/** Fetches that go on from each other (KIP-227). */
import { randomInteger } from '../../src/random.ts'
import * as apis from '../../src/wire/apis/index.ts'
import { errorName } from '../../src/wire/errors.ts'
import type { Response } from '../../src/wire/schema.ts'
import { chance, pick } from '../fuzz/random-message.ts'
import { batchLines } from './batches.ts'
import { type Operation, operation } from './operation.ts'
import { topicName, type World } from './world.ts'

type FetchedPartition = Response<typeof apis.Fetch>['responses'][number]['partitions'][number]

/** All but the session. */
const version = 12

export const sessionOperations: Readonly<Record<string, Operation>> = {
  fetchOn: operation({
    weight: 4,
    choose: (random) => ({
      /** Which partitions are named: none, or 0, 1, or both. */
      wanted: pick(random, ['', '0', '1', '01']),
      forgotten: pick(random, ['', '', '', '0', '1']),
      offset: chance(random, 0.9) ? randomInteger(random, 0, 4) : 99_999,
      epochChange: chance(random, 0.9) ? 0 : pick(random, [-1, 1]),
      begins: chance(random, 0.15),
      ends: chance(random, 0.05),
      isolation: randomInteger(random, 0, 1),
    }),
    perform: fetchedOn,
  }),
}

type Going = {
  readonly wanted: string
  readonly forgotten: string
  readonly offset: number
  readonly epochChange: number
  readonly begins: boolean
  readonly ends: boolean
  readonly isolation: number
}

const indexes = (text: string): number[] => [...text].map(Number)

async function fetchedOn(world: World, choices: Going): Promise<unknown> {
  const { fetches } = world
  const topic = topicName(world, '')
  const isNew = choices.begins || fetches.id === 0
  const sessionEpoch = choices.ends ? -1 : isNew ? 0 : fetches.epoch + choices.epochChange
  const partitions = indexes(isNew && choices.wanted === '' ? '01' : choices.wanted).map((partition) => ({
    partition,
    fetchOffset: choices.offset,
    partitionMaxBytes: 1_000_000,
  }))
  const answer = await world.session.client.send(apis.Fetch, version, {
    maxWaitMs: 0,
    minBytes: 1,
    maxBytes: 1e6,
    isolationLevel: choices.isolation,
    sessionId: isNew && !choices.ends ? 0 : fetches.id,
    sessionEpoch,
    topics: partitions.length === 0 ? [] : [{ topic, partitions }],
    forgottenTopicsData: choices.forgotten === '' ? [] : [{ topic, partitions: indexes(choices.forgotten) }],
  })
  follow(world, answer, sessionEpoch === 0)
  const told = answer.responses.flatMap((response) => response.partitions.map((each) => partitionLine(each, world)))
  return [errorName(answer.errorCode), answer.sessionId !== 0, told]
}

function follow({ fetches }: World, { errorCode: code, sessionId }: Response<typeof apis.Fetch>, isNew: boolean): void {
  if (code !== 0) return
  fetches.epoch = isNew ? 1 : fetches.epoch + 1
  fetches.id = sessionId
}

/** What is told of a partition; times and sizes differ. */
export function partitionLine(answer: FetchedPartition, world: World): unknown {
  const aborted = (answer.abortedTransactions ?? []).map((each) => [world.alias(each.producerId), each.firstOffset])
  return [
    errorName(answer.errorCode),
    answer.highWatermark,
    answer.lastStableOffset,
    answer.logStartOffset,
    answer.abortedTransactions === null,
    aborted,
    batchLines(answer.records, world),
    answer.partitionIndex,
  ]
}
