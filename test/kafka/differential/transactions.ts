/** What is answered to producers of transactions, right and wrong. */
import type { Producer, Session } from './session.ts'

const at = (producer: Producer, more: number): Producer => ({ ...producer, epoch: producer.epoch + more })
const stranger = (producer: Producer): Producer => ({ ...producer, producerId: producer.producerId + 1000 })

/** One transaction from its beginning to its end, and what may be asked in between. */
export async function oneTransaction(session: Session): Promise<void> {
  const producer = await session.producer('plain')
  await session.note('state', session.state('plain'))
  await session.note('commit of nothing', session.end(producer, true))
  if (session.protocol === 0) {
    await session.note('not added, Produce 10', session.write(producer, 0))
    await session.note('not added, Produce 11', session.write(producer, 0, 0, 11))
    await session.note('not added, TxnOffsetCommit 3', session.commitInTransaction(producer, 'p'))
    const none = { memberId: '', generationId: -1 }
    await session.note('not added, TxnOffsetCommit 4', session.commitInTransaction(producer, 'p', none, 4))
  }
  await session.begin(producer, 0)
  await session.note('first', session.write(producer, 0))
  await session.note('state', session.state('plain'))
  await session.note('again', session.write(producer, 0))
  await session.note('gap', session.write(producer, 5))
  await session.note('future epoch', session.write(at(producer, 1), 0))
  await session.note('end of a stranger', session.end(stranger(producer), true))
  await session.note('end in the future', session.end(at(producer, 5), true))
  await session.note('end in the past', session.end(at(producer, -1), true))
  await session.note('end in the future, version 1', session.end(at(producer, 5), true, 1))
  await session.note('end of an unknown id', session.end({ ...producer, id: 'unknown' }, true))
  await session.note('end', session.endAndWait(producer, true))
  await session.note('state', session.state('plain'))
}

/** EndTxn that is repeated, or belongs to another epoch, once everything is written. */
export async function repeatedEnds(session: Session): Promise<void> {
  for (const committed of [true, false]) {
    const id = committed ? 'committed' : 'aborted'
    const producer = await session.producer(id)
    await session.begin(producer, 1)
    await session.note('write', session.write(producer, 0, 1))
    await session.note('end', session.endAndWait(producer, committed))
    for (const [more, again] of [
      [0, committed],
      [0, !committed],
      [-1, committed],
      [5, committed],
    ] as const) {
      await session.note(`${id}, epoch ${more}, ${again}`, session.end(at(producer, more), again))
    }
    if (session.protocol === 2) {
      const next = at(producer, 1)
      await session.note('commit of the empty next', session.end(next, true))
      await session.note('abort of the empty next', session.endAndWait(next, false))
      await session.note('abort again', session.end(next, false))
    }
    await session.note('state', session.state(id))
  }
}

/**
 * While markers are on their way everybody waits, whatever is asked. The requests are sent in one go, and again in
 * another transaction should the markers have been faster.
 */
export async function whileEnding(session: Session): Promise<void> {
  let answers = await askWhileEnding(session, 'ending-0')
  for (let attempt = 1; attempt < 20 && !allWait(answers); attempt++) {
    answers = await askWhileEnding(session, `ending-${attempt}`)
  }
  await session.note('while ending', answers)
}

async function askWhileEnding(session: Session, id: string): Promise<unknown[][]> {
  const producer = await session.producer(id)
  await session.begin(producer, 0, 1, 2)
  for (const partition of [0, 1, 2]) await session.write(producer, 0, partition)
  const next = at(producer, session.protocol === 2 ? 1 : 0)
  const answers = await Promise.all([
    session.end(producer, true),
    session.end(producer, false),
    session.end(next, false),
    session.addPartitions(at(next, 4), 1),
  ])
  await session.ended(id)
  return answers
}

/** Whether all but the first were told to wait. */
function allWait(answers: readonly unknown[][]): boolean {
  return answers.slice(1).every(([code]) => code === 'CONCURRENT_TRANSACTIONS')
}

/** A second producer of the id, and what the first one is told. */
export async function fencing(session: Session): Promise<void> {
  const first = await session.producer('fenced')
  await session.begin(first, 1)
  await session.note('write', session.write(first, 0, 1))
  await session.note('second, while a transaction is open', session.initialiseCode('fenced'))
  await session.ended('fenced')
  await session.note('state', session.state('fenced'))
  await oldRequests(session, first)
  const second = await session.producer('fenced')
  await session.note('epochs apart', second.epoch - first.epoch)
  await oldRequests(session, first)
  await session.note('old identity, version 5', session.initialiseCode('fenced', first))
  await session.note('old identity, version 3', session.initialiseCode('fenced', first, 3))
  for (let attempt = 0; attempt < 2; attempt++) {
    const { errorCode, producerEpoch } = await session.initialise('fenced', second)
    await session.note('goes on', [errorCode, producerEpoch - second.epoch])
  }
  await session.note('a stranger goes on', session.initialiseCode('fenced', stranger(second)))
}

async function oldRequests(session: Session, old: Producer): Promise<void> {
  await session.note('old commit', session.end(old, true))
  await session.note('old abort', session.end(old, false))
  await session.note('old write', session.write(old, 1, 1))
  await session.note('old write elsewhere', session.write(old, 0, 2))
  await session.note('old positions', session.commitInTransaction(old, 'f'))
  await session.note('old partitions', session.addPartitions(old, 0))
  await session.note('old offsets', session.addOffsets(old, 'f'))
}

/** InitProducerId and AddPartitionsToTxn that ask for what cannot be. */
export async function impossible(session: Session): Promise<void> {
  const producer = await session.producer('impossible')
  await session.note('no id', session.initialiseCode(''))
  await session.note('no time', session.initialiseCode('impossible', undefined, 5, 0))
  await session.note('too much time', session.initialiseCode('impossible', undefined, 5, 900_001))
  await session.note('a partition too many', session.addPartitions(producer, 0, 77))
  await session.note('an unknown id', session.addPartitions({ ...producer, id: 'unknown' }, 0))
}

/** Positions in a transaction: who may stage them, and who sees them when. */
export async function positions(session: Session): Promise<void> {
  const producer = await session.producer('positions')
  if (session.protocol === 0) await session.note('add', session.addOffsets(producer, 'staged'))
  await session.note('without a name', session.commitInTransaction(producer, 'staged'))
  const unknown = { memberId: 'm', generationId: 3 }
  await session.note('of an unknown member', session.commitInTransaction(producer, 'staged', unknown))
  await session.note('stable', session.positions('staged', true))
  await session.note('unstable', session.positions('staged', false))
  await session.note('end', session.endAndWait(producer, true))
  await session.note('afterwards', session.positions('staged', true))
  await session.note('of nobody', session.positions('nobody', true))
}
