/**
 * Fetch.
 * Behaviour: whole batches as slices of the log, no copy. Waits until `minBytes` are there or `maxWaitMs` has passed;
 * under read_committed only stable bytes count, and aborted transactions are listed in the order of their markers.
 * The first batch is given even when it is larger than what was asked for. In a session only what changed is told.
 * Version notes: 4 isolation · 7 sessions (KIP-227) · 9 leader epochs · 11 readers may ask a replica (KIP-392) ·
 * 12 truncation · 13 topics by id · 16 leader hints (KIP-951).
 */
import { Fetch } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import { type Question, type Reading, read, refused, topicOf } from '../fetch/read.ts'
import { noSession, type Round } from '../fetch/sessions.ts'
import { byTopic, type FetchResponse, wantedOf } from '../fetch/wanted.ts'
import { type AnyHandler, handler } from '../handler.ts'
import { endpoints } from '../leader-problem.ts'
import { waitForRecords } from '../waiting.ts'

export const fetch: AnyHandler = handler({
  api: Fetch,
  execute(request, broker, caller) {
    const round = broker.fetchSessions(caller.node).begin(request, caller.version, broker.now())
    if (typeof round === 'number') return { ...empty, errorCode: round }
    const question = { request, broker, caller }
    const first = read(round.wanted, question)
    return isEnough(first, round, question) ? answer(first, round, question) : waitForMore(round, question)
  },
  refuse: (request, code) => {
    const partitions = wantedOf(request).map((wanted) => ({ wanted, response: refused(wanted.partition, code) }))
    return { ...empty, responses: byTopic(partitions) }
  },
})

const empty: FetchResponse = { throttleTimeMs: 0, errorCode: errorCode.NONE, sessionId: noSession, responses: [] }

function isEnough({ sizeInBytes, isUrgent }: Reading, { wanted }: Round, { request }: Question): boolean {
  return isUrgent || sizeInBytes >= request.minBytes || request.maxWaitMs <= 0 || wanted.length === 0
}

async function waitForMore(round: Round, question: Question): Promise<FetchResponse> {
  const { request, broker, caller } = question
  const logs = round.wanted
    .map((wanted) => topicOf(wanted, question)?.partitions[wanted.partition])
    .filter((log) => log !== undefined)
  let enough: Reading | null = null
  const isDone = (): boolean => {
    const reading = read(round.wanted, question)
    if (isEnough(reading, round, question)) enough = reading
    return enough !== null
  }
  await waitForRecords({ logs, broker, signal: caller.signal, milliseconds: request.maxWaitMs, isDone })
  return answer(enough ?? read(round.wanted, question), round, question)
}

function answer({ partitions, leaders }: Reading, round: Round, { broker }: Question): FetchResponse {
  const { sessionId, told } = round.finish(partitions)
  const response = { ...empty, sessionId, responses: byTopic(told) }
  return leaders.length === 0 ? response : { ...response, nodeEndpoints: endpoints(broker.nodes, leaders) }
}
