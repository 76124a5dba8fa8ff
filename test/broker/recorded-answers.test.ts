/** Short scripts and what Apache Kafka 4.1 answered to their last step, where this broker once answered otherwise. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EmbeddedBroker } from '../../src/broker/embedded.ts'
import { startBroker } from '../../src/broker/index.ts'
import { offsetsPartition } from '../../src/broker/internal-topics.ts'
import { answersOf } from '../differential/script.ts'

let broker: EmbeddedBroker
beforeAll(async () => {
  broker = await startBroker({ markerDelay: { minimum: 0, maximum: 0 } })
})
afterAll(() => broker.close())

type Words = readonly [operation: string, choices?: Readonly<Record<string, string | number | boolean>>]

/** What is not said of a step. */
const usual: Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>> = {
  initialise: { id: 'a', version: 5, goesOn: false, more: 0, timeout: 60_000 },
  write: {
    id: 'a',
    topic: '',
    partition: 0,
    codec: 'none',
    isKeyless: false,
    more: 0,
    shift: 0,
    count: 1,
    transactional: true,
    older: false,
  },
  writePlain: { topic: '', partition: 0, codec: 'none', isKeyless: false, count: 1, version: 9, acks: -1 },
  fetch: { topic: '', partition: 0, offset: 0, isolation: 1, version: 12, bytes: 1_000_000 },
  fetchOn: { wanted: '01', forgotten: '', offset: 0, epochChange: 0, begins: false, ends: false, isolation: 0 },
  listOffsets: { topic: '', partition: 0, isolation: 1, time: -1, version: 9 },
  deleteRecords: { topic: '', partition: 0, offset: -1 },
  end: { id: 'a', committed: false, more: 0, older: false },
  join: { group: 'dynamic', version: 3, isNew: false, metadata: 'm' },
  sync: { group: 'dynamic', more: 0 },
  describe: { group: 'dynamic', version: 5 },
  alterConfig: { topic: '', name: 'cleanup.policy', value: 'delete', operation: 0 },
  describeConfig: { topic: '', name: 'min.insync.replicas' },
  describeTopics: { names: 'stamped', limit: 100, cursor: '', cursorPartition: 0 },
  pairJoin: { who: 'one', topics: 'stamped' },
  deletePositions: { group: 'pair', partition: 1 },
  listTransactions: { version: 2, state: '', longest: 1_000_000, isMine: false },
}

async function lastAnswer(words: readonly Words[]): Promise<string> {
  const steps = words.map(([operation, choices]) => ({ operation, choices: { ...usual[operation], ...choices } }))
  const name = `r${Math.abs(words.reduce((sum, each) => (sum * 31 + JSON.stringify(each).length) | 0, words.length))}`
  const answers = await answersOf(steps, broker.address, `${name}-${++scripts}`, 2)
  return answers
    .at(-1)!
    .split(' → ')[1]!
    .replaceAll(/"r\d+-\d+/g, '"name')
}
let scripts = 0

test.each<[what: string, words: readonly Words[], answer: string]>([
  ['a time below 0 that its version does not know', [['listOffsets', { time: -3, version: 5 }]], 'UNSUPPORTED_VERSION'],
  ['so too where no partition is', [['listOffsets', { time: -6, partition: 9 }]], 'UNSUPPORTED_VERSION'],
  ['no aborted transactions where nothing is', [['fetch', { partition: 9 }]], '-1,-1,-1,false,[]'],
  ['the missing partition first', [['writePlain', { partition: 9, acks: 2 }]], 'UNKNOWN_TOPIC_OR_PARTITION'],
  [
    'no plain write within a transaction',
    [['initialise'], ['write'], ['write', { transactional: false }]],
    'INVALID_TXN_STATE',
  ],
  ['a first write begins with sequence 0', [['initialise'], ['write', { shift: 3 }]], 'OUT_OF_ORDER_SEQUENCE_NUMBER'],
  ['a producer without an epoch', [['write', { more: -1, transactional: false }]], 'NONE @0'],
  [
    'the partition knows a later epoch before the coordinator is asked',
    [
      ['write', { transactional: false }],
      ['write', { id: 'b', more: -1 }],
    ],
    'INVALID_PRODUCER_EPOCH',
  ],
  [
    'the coordinator is asked before records are looked at',
    [['write', { topic: 'compacted', isKeyless: true }]],
    'INVALID_PRODUCER_ID_MAPPING',
  ],
  [
    'who goes on in an open transaction gets the next epoch',
    [['initialise'], ['write'], ['initialise', { goesOn: true }]],
    '["NONE","p0",1]',
  ],
  [
    'a partition both wanted and forgotten',
    [['fetchOn'], ['fetchOn', { wanted: '1', forgotten: '0' }], ['fetchOn', { wanted: '1', forgotten: '1' }]],
    '["NONE",false,[["NONE",0,0,0,true,[],[],1]]]',
  ],
  ['records of compacted topics stay', [['deleteRecords', { topic: 'compacted' }]], 'POLICY_VIOLATION'],
  [
    'a marker has the time of its topic',
    [
      ['initialise'],
      ['write', { topic: 'stamped' }],
      ['end', { committed: true }],
      ['fetch', { topic: 'stamped', offset: 1 }],
    ],
    'transactional control none now now LogAppendTime',
  ],
  [
    'the stable end of a transaction whose beginning is deleted',
    [['initialise'], ['write', { count: 3 }], ['deleteRecords', { offset: 1 }], ['listOffsets']],
    '["NONE",0,-1,0]',
  ],
  [
    'an id that nobody has names no topic',
    [['metadata', { topic: '', version: 12, byId: true, isUnknown: true }]],
    '[["UNKNOWN_TOPIC_ID",null,false,[],-2147483648]]',
  ],
  ['a source of its own', [['describeConfig']], '["min.insync.replicas","1",3]'],
  ['an empty part of a list', [['alterConfig', { value: '', operation: 2 }]], 'INVALID_CONFIG'],
  ['what is added is set, even if it was there', [['alterConfig', { operation: 2 }]], '["cleanup.policy","delete",1]'],
  ['a cursor that is not among the topics', [['describeTopics', { cursor: 'zzz' }]], 'INVALID_REQUEST'],
  [
    'a page is full before a topic that is not there',
    [['describeTopics', { names: 'compacted,missing', limit: 2 }]],
    '{"topicName":"name-missing","partitionIndex":0}',
  ],
  [
    'members keep their assignment until they have another',
    [['join'], ['sync'], ['join', { metadata: 'n' }], ['describe']],
    '["NONE","CompletingRebalance","consumer","",[[null,"assigned"]]]',
  ],
  [
    'what the last generation reads is read until the next',
    [['pairJoin'], ['pairJoin', { who: 'two' }], ['deletePositions']],
    'GROUP_SUBSCRIBED_TO_TOPIC',
  ],
  [
    'who reads nobody knows what reads all',
    [['join'], ['deletePositions', { group: 'dynamic' }]],
    'GROUP_SUBSCRIBED_TO',
  ],
  [
    'what is aborted without having begun began then',
    [['initialise'], ['end'], ['listTransactions', { state: 'CompleteAbort' }]],
    '["NONE",[],[]]',
  ],
])('%s', async (_, words, answer) => {
  expect(await lastAnswer(words)).toContain(answer)
})

test('a name whose hash is negative falls where it does in Kafka', () => {
  // Java's hash of it is -1397214398.
  expect(offsetsPartition('Welcome').partition).toBe(48)
  expect(offsetsPartition('polygenelubricants').partition).toBe(0)
})
