/** What coordinators of transactions answer beside the producers' own requests, and when time or epochs run out. */
import {
  AddPartitionsToTxn,
  DescribeProducers,
  DescribeTransactions,
  InitProducerId,
  ListTransactions,
  WriteTxnMarkers,
} from '../../../src/wire/apis/index.ts'
import { errorCode, errorName } from '../../../src/wire/errors.ts'
import type { Producer, Session } from './session.ts'

const at = (producer: Producer, more: number): Producer => ({ ...producer, epoch: producer.epoch + more })

async function producerWithTimeout(session: Session, id: string, timeoutMilliseconds: number): Promise<Producer> {
  const { producerId, producerEpoch } = await session.settled(
    () => session.initialise(id, undefined, 5, timeoutMilliseconds),
    ({ errorCode: code }) => code,
  )
  return { id, producerId, epoch: producerEpoch }
}

/** Asks until a transaction is in that state. */
async function reaches(session: Session, id: string, wanted: string): Promise<void> {
  const ask = () => session.client.send(DescribeTransactions, 0, { transactionalIds: [id] })
  await session.settled(ask, ({ transactionStates }) =>
    transactionStates[0]!.transactionState === wanted ? errorCode.NONE : errorCode.CONCURRENT_TRANSACTIONS,
  )
}

/** A transaction that is open for too long is aborted, and its producer fenced. */
export async function timedOut(session: Session): Promise<void> {
  const producer = await producerWithTimeout(session, 'late', 500)
  await session.begin(producer, 0)
  await session.note('write', session.write(producer, 0))
  await reaches(session, 'late', 'CompleteAbort')
  await session.note('state', session.state('late'))
  await session.note('started', startTimes(session, 'late'))
  await session.note('commit', session.end(producer, true))
  await session.note('abort', session.end(producer, false))
  await session.note('abort with the next epoch', session.end(at(producer, 1), false))
  await session.ended('late')
  await session.note('write on', session.write(producer, 1))
  await session.note('write elsewhere', session.write(producer, 0, 1))
  const successor = await session.producer('late')
  await session.note('epochs apart', successor.epoch - producer.epoch)
  await session.begin(successor, 0)
  await session.note('goes on', session.write(successor, 0))
  await session.note('end', session.endAndWait(successor, true))
}

async function startTimes(session: Session, id: string): Promise<unknown> {
  const { transactionStates } = await session.client.send(DescribeTransactions, 0, { transactionalIds: [id] })
  return transactionStates.map(({ transactionStartTimeMs, transactionTimeoutMs }) => [
    transactionStartTimeMs > 0 ? 'a time' : transactionStartTimeMs,
    transactionTimeoutMs,
  ])
}

/** Ids in all states, by every filter. */
export async function listings(session: Session): Promise<void> {
  const empty = await session.producer('list-empty')
  await session.note('start of an empty one', startTimes(session, 'list-empty'))
  const open = await session.producer('list-open')
  await session.begin(open, 0)
  await session.write(open, 0)
  await session.note('start of an open one', startTimes(session, 'list-open'))
  const ended = await session.producer('list-ended')
  await session.begin(ended, 1)
  await session.write(ended, 0, 1)
  await session.endAndWait(ended, true)
  await session.note('start of an ended one', startTimes(session, 'list-ended'))
  await session.note('start of an unknown one', startTimes(session, 'list-unknown'))
  const list = async (name: string, filters: object): Promise<void> => {
    const {
      errorCode: code,
      transactionStates,
      unknownStateFilters,
    } = await session.client.send(ListTransactions, 2, {
      stateFilters: [],
      producerIdFilters: [],
      durationFilter: -1,
      transactionalIdPattern: 'list-.*',
      ...filters,
    })
    const states = transactionStates.map((each) => `${each.transactionalId} ${each.transactionState}`).sort()
    await session.note(name, [errorName(code), states, unknownStateFilters.sort()])
  }
  await list('all', {})
  await list('by state', { stateFilters: ['Ongoing', 'CompleteCommit'] })
  await list('by unknown state', { stateFilters: ['Ongoing', 'ongoing', 'Nothing', 'Dead', 'PrepareEpochFence'] })
  await list('by producer', { producerIdFilters: [empty.producerId] })
  await list('by no duration', { durationFilter: 0 })
  await list('by long duration', { durationFilter: 3_600_000 })
  await list('by part of a name', { transactionalIdPattern: 'list' })
  await list('by end of a name', { transactionalIdPattern: '.*-(open|ended)' })
  await list('by no pattern', { transactionalIdPattern: '(' })
}

/** AddPartitionsToTxn as brokers ask each other, which whoever may do anything may ask too. */
export async function verifying(session: Session): Promise<void> {
  const producer = await session.producer('verified')
  const ask = async (name: string, who: Producer, partitions: number[], verifyOnly: boolean): Promise<void> => {
    for (const version of [4, 5]) {
      const { errorCode: code, resultsByTransaction } = await session.client.send(AddPartitionsToTxn, version, {
        transactions: [
          {
            transactionalId: who.id,
            producerId: who.producerId,
            producerEpoch: who.epoch,
            verifyOnly,
            topics: [{ name: session.topic, partitions }],
          },
        ],
      })
      const results = resultsByTransaction[0]?.topicResults.flatMap(({ resultsByPartition }) =>
        resultsByPartition
          .toSorted((a, b) => a.partitionIndex - b.partitionIndex)
          .map(({ partitionErrorCode }) => errorName(partitionErrorCode)),
      )
      await session.note(`${name}, version ${version}`, [errorName(code), results])
    }
  }
  await ask('nothing begun', producer, [0], true)
  // Below protocol 2 brokers ask only whether.
  if (session.protocol === 0) await session.addPartitions(producer, 0)
  else await ask('added', producer, [0], false)
  await ask('verified', producer, [0], true)
  await ask('another', producer, [0, 1], true)
  await ask('a partition too many', producer, [0, 77], true)
  await ask('an epoch too new', at(producer, 1), [0], true)
  await ask('an epoch too old', at(producer, -1), [0], true)
  await ask('a stranger', { ...producer, producerId: producer.producerId + 1000 }, [0], true)
  await ask('an unknown id', { ...producer, id: 'verified-unknown' }, [0], true)
  if (session.protocol === 2) await ask('an epoch too new adds', at(producer, 1), [1], false)
  await session.note('end', session.endAndWait(producer, true))
}

/** Who writes to a partition, and how an administrator ends a transaction there. */
export async function hanging(session: Session): Promise<void> {
  await session.producer('hanging')
  const producer = await session.producer('hanging')
  await session.begin(producer, 2)
  await session.note('write', session.write(producer, 0, 2))
  const describe = async (name: string): Promise<void> => {
    const topics = [{ name: session.topic, partitionIndexes: [2, 77] }]
    const described = await session.client.send(DescribeProducers, 0, { topics })
    const partitions = described.topics[0]!.partitions.map(({ errorCode: code, activeProducers }) => [
      errorName(code),
      activeProducers.map((each) => [
        each.producerId - producer.producerId,
        each.producerEpoch - producer.epoch,
        each.lastSequence,
        each.lastTimestamp > 0,
        each.coordinatorEpoch,
        each.currentTxnStartOffset,
      ]),
    ])
    await session.note(name, partitions)
  }
  const mark = async (name: string, more: object, partitions = [2]): Promise<void> => {
    const { producerId, epoch: producerEpoch } = producer
    const topics = [{ name: session.topic, partitionIndexes: partitions }]
    const marker = { producerId, producerEpoch, transactionResult: false, coordinatorEpoch: 0, topics, ...more }
    const answer = await session.client.send(WriteTxnMarkers, 1, { markers: [marker] })
    const codes = answer.markers.flatMap((each) =>
      each.topics.flatMap((topic) => topic.partitions.map((partition) => errorName(partition.errorCode))),
    )
    await session.note(name, codes)
  }
  await describe('open')
  await mark('of an unknown partition', {}, [77])
  await mark('of an older producer', { producerEpoch: producer.epoch - 1 })
  await mark('abort', { coordinatorEpoch: 3 })
  await describe('aborted')
  await mark('of an older coordinator', { coordinatorEpoch: 2 })
  await mark('again', { coordinatorEpoch: 3 })
  await session.note('write on', session.write(producer, 1, 2))
  await session.note('state', session.state('hanging'))
}

/** A producer id has 32766 epochs to give, then another takes its place. */
export async function exhausted(session: Session): Promise<void> {
  let producer = await session.producer('exhausted')
  const first = producer.producerId
  await raiseTo(session, producer.id, 32_765)
  producer = { ...producer, epoch: 32_765 }
  for (let round = 0; round < 3; round++) {
    await session.begin(producer, 0)
    await session.note('write', session.write(producer, 0))
    const body = { transactionalId: producer.id, producerId: producer.producerId, producerEpoch: producer.epoch }
    const ended = await session.endOnce(body, true)
    await session.ended(producer.id)
    await session.note('end', [ended[0], sameOr(first, ended[1]), ended[2]])
    await session.note('again', (await session.endOnce(body, true))[0])
    await session.note('state', session.state(producer.id))
    if (session.protocol === 2) producer = { ...producer, producerId: ended[1], epoch: ended[2] }
    else {
      const { producerId, producerEpoch } = await session.initialise(producer.id)
      await session.note('initialised', [sameOr(first, producerId), producerEpoch])
      producer = { ...producer, producerId, epoch: producerEpoch }
    }
  }
}

function sameOr(first: number, producerId: number): string {
  return producerId === first ? 'the same id' : producerId < 0 ? 'no id' : 'another id'
}

/** Many requests at once: nobody waits for an answer to send the next. */
async function raiseTo(session: Session, id: string, epoch: number): Promise<void> {
  const body = { transactionalId: id, transactionTimeoutMs: 60_000, producerId: -1, producerEpoch: -1 }
  for (let left = epoch; left > 0; left -= 500) {
    const many = Array.from({ length: Math.min(left, 500) }, () => session.client.send(InitProducerId, 5, body))
    const last = (await Promise.all(many)).at(-1)!
    if (last.errorCode !== errorCode.NONE) throw new Error(errorName(last.errorCode))
  }
}
