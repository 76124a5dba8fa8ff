/** The guards, in the order of the list in the design. */
import type { Guard, Patch } from './guard.ts'
import { reentryGuards } from './guards-reentry.ts'
import { stateGuards } from './guards-state.ts'

const inClient = (name: string): Guard['test'] => ({ file: 'test/native/guards.test.ts', name })

const inRuntime = (about: string, name: string): Guard['test'] => ({
  file: `test/runtime/guards-${about}.test.ts`,
  name,
})

/** Rule R5: what became of a transaction is read from Kafka, not remembered. */
const rewoundAfterBeginning: Patch = {
  file: 'src/runtime/worker.ts',
  find: "if (error.fault === 'fenced' && !(await this.isStillMember())) return\n    await this.begin()\n    this.tasks.reopen()",
  replace:
    "if (error.fault === 'fenced' && !(await this.isStillMember())) return\n    await this.begin()\n    this.tasks.rewind()",
}

export const guards: readonly Guard[] = [
  {
    name: 'positions without requireStable',
    patches: [
      {
        file: 'src/kafka/native/group/positions.ts',
        find: '? { groups: [{ groupId: group, topics }], requireStable: true }',
        replace: '? { groups: [{ groupId: group, topics }], requireStable: false }',
      },
    ],
    test: inRuntime(
      'restore',
      'a task that moves > begins where its last owner committed, also while that commit is not visible yet',
    ),
  },
  {
    name: 'restore to the LSO',
    patches: [
      {
        file: 'src/runtime/restore/restore.ts',
        find: "const ends = offsetsByName(await kafka.offsets(partitions, 'end'))\n  const starts",
        replace: "const ends = offsetsByName(await kafka.offsets(partitions, 'stable'))\n  const starts",
      },
    ],
    test: inRuntime(
      'restore',
      'a task that moves > is restored to all that its last owner committed, also where markers of the changelog are late',
    ),
  },
  {
    name: 'unsorted aborted list',
    patches: [
      {
        file: 'src/kafka/native/fetch/aborted.ts',
        find: '[...aborted].sort((left, right) => left.firstOffset - right.firstOffset)',
        replace: '[...aborted]',
      },
    ],
    test: {
      file: 'test/native/aborted.test.ts',
      name: 'the filter of committed data > hides overlapping aborted transactions whatever the order of the list',
    },
  },
  {
    name: 'empty compacted batch',
    patches: [
      {
        file: 'src/kafka/native/fetch/fetch.ts',
        find: 'nextOffset: last?.nextOffset ?? position',
        replace: 'nextOffset: batches.findLast(({ recordCount }) => recordCount > 0)?.nextOffset ?? position',
      },
    ],
    test: inRuntime(
      'restore',
      'a table that is read back > is read to its end, over a batch that compaction has emptied',
    ),
  },
  {
    name: 'closeAfter on EndTxn, protocol 1',
    patches: [rewoundAfterBeginning],
    test: inRuntime('outcome', 'a commit > whose answer is lost counts once (transaction.version 0)'),
  },
  {
    name: 'closeAfter on EndTxn, protocol 2',
    patches: [
      rewoundAfterBeginning,
      {
        file: 'src/kafka/native/transactions/transactions.ts',
        find: 'const next = await this.#untilAnswered(end)',
        replace: 'const next = await this.#untilAnswered(end, true)',
      },
    ],
    test: inRuntime('outcome', 'a commit > whose answer is lost counts once (transaction.version 2)'),
  },
  {
    name: 'coordinator moved during EndTxn',
    patches: [
      {
        file: 'src/kafka/native/cluster/coordinators.ts',
        find: 'if (!movedCodes.has(code)) return false',
        replace: 'return false',
      },
    ],
    test: inRuntime(
      'outcome',
      'a commit > whose coordinator moves while it is decided counts once, and the new coordinator is asked',
    ),
  },
  {
    name: 'TxnOffsetCommit with an old generation',
    patches: [
      {
        file: 'src/kafka/native/transactions/transaction-requests.ts',
        find: 'generationId: generation,\n    memberId,\n    groupInstanceId: instanceId,',
        replace: "generationId: -1,\n    memberId: '',\n    groupInstanceId: null,",
      },
    ],
    test: inRuntime('ownership', 'a zombie > that wakes in the middle of a transaction can not commit it'),
  },
  {
    name: 'offsets of a revoked task under a new generation',
    patches: [
      {
        file: 'src/runtime/commit/commit.ts',
        find: 'member: { group, memberId, generation, instanceId } }',
        replace: 'member: membership }',
      },
    ],
    test: inRuntime(
      'ownership',
      'a member that was lost and has come back > does not commit in its new generation what it did in the old one',
    ),
  },
  {
    name: 'offsets of a revoked task after it was given up',
    patches: [
      {
        file: 'src/runtime/worker.ts',
        find: 'if (change.revoked.length > 0) await this.commitAll()',
        replace: '',
      },
    ],
    test: inRuntime('ownership', 'a task that is taken away > is committed before another may have it'),
  },
  {
    name: 'timer-only transaction by a zombie',
    patches: [
      {
        file: 'src/runtime/commit/commit.ts',
        find: 'function positionsOf({ positions }: Checkpoint): PartitionOffset[] {\n  return [...positions].map(',
        replace: `const named = new WeakMap<object, number>()
function positionsOf({ positions }: Checkpoint): PartitionOffset[] {
  const moved = [...positions].filter(([queue, position]) => named.get(queue) !== position)
  for (const [queue, position] of moved) named.set(queue, position)
  return moved.map(`,
      },
    ],
    test: inRuntime(
      'ownership',
      'a zombie > whose transaction holds no record, only what time has done, can not commit it either',
    ),
  },
  {
    name: 'assignor that moves a task in one step',
    patches: [
      {
        file: 'src/runtime/group/placement.ts',
        find: 'tasks.filter(({ id }) => (owners.get(id) ?? targets.get(id)) === targets.get(id))',
        replace: 'tasks',
      },
    ],
    test: {
      file: 'test/runtime/group/assign.test.ts',
      name: 'placing tasks > takes a task away in one generation and hands it over in the next',
    },
  },
  {
    name: 'EndTxn(abort) held past the next begin',
    patches: [
      {
        file: 'src/kafka/native/transactions/transactions.ts',
        find: 'throw this.#blame(committed ? (error as KafkaError) : asUnknown(error as KafkaError))',
        replace: 'if (committed) throw this.#blame(error as KafkaError)',
      },
    ],
    test: inClient(
      'an abort that is still on its way when the next transaction begins > does not tear it (transaction.version 0)',
    ),
  },
  {
    name: 're-init ping-pong',
    patches: [
      {
        file: 'src/runtime/worker.ts',
        find: "if (error.fault === 'fenced' && !(await this.isStillMember())) return\n",
        replace: '',
      },
    ],
    test: inRuntime('ownership', 'a worker whose name another has taken > does not fence its successor in turn'),
  },
  {
    name: 'epoch 32767',
    patches: [
      {
        file: 'src/kafka/native/transactions/transaction-requests.ts',
        find: 'producerId: isNew ? answer.producerId : owner.producerId',
        replace: 'producerId: owner.producerId',
      },
    ],
    test: inClient(
      'a producer whose epochs are used up > goes on under the producer id that it is given, also where it is told twice',
    ),
  },
  {
    name: 'transaction timeout during restore',
    patches: [{ file: 'src/runtime/recovery.ts', find: "fenced: 'reopen'", replace: "fenced: 'stop'" }],
    test: inRuntime('outcome', 'a transaction > that times out while its worker restores another task is worked again'),
  },
  {
    name: 'leader moved mid-send',
    patches: [
      {
        file: 'src/kafka/native/produce/lane.ts',
        find: 'if (this.#gap >= 0) this.#restamp(this.#gap)',
        replace: "if (!('renumbered' in this)) Object.assign(this, { renumbered: true }).#restamp(this.nextSequence)",
      },
    ],
    test: inClient(
      'a batch whose leader moves while it is sent > is in the log once, in its order, although its answer was lost',
    ),
  },
  {
    name: 'store written before the commit',
    patches: [
      {
        file: 'src/runtime/commit/commit.ts',
        find: '  const checkpoints = writeTransaction(ports, touched)\n',
        replace: `  const checkpoints = writeTransaction(ports, touched)
  for (const task of touched) for (const { store } of task.stores) store.commit()
`,
      },
    ],
    test: inRuntime('outcome', 'a commit > that is refused leaves the state as it was'),
  },
  {
    name: 'the next transaction sent before the commit is answered',
    patches: [{ file: 'src/runtime/commit/emit.ts', find: 'this.isHeld = true\n', replace: '' }],
    test: {
      file: 'test/runtime/commit/emit.test.ts',
      name: 'the batches of an output > of the next transaction stay here until the one that was handed over is committed',
    },
  },
  {
    name: 'a commit handed over by who is fenced',
    patches: [
      {
        file: 'src/runtime/worker.ts',
        find: 'if (this.membership === null || this.lost !== null || this.mustBegin) return\n',
        replace: 'if (this.membership === null || this.lost !== null) return\n',
      },
    ],
    test: {
      file: 'test/runtime/fenced-revocation.test.ts',
      name: 'a worker that is to give up a task ({"isUnderWay":true,"heard":"before"}) > and is fenced and no member any more gives up all, and goes on',
    },
  },
  {
    name: 'a beat awaited by who is lost',
    patches: [
      {
        file: 'src/kafka/native/group/group.ts',
        find: '    if (this.#loss !== null) return Promise.reject(this.#loss)\n',
        replace: '',
      },
    ],
    test: {
      file: 'test/runtime/fenced-revocation.test.ts',
      name: 'a worker that is to give up a task ({"isUnderWay":false,"heard":"before"}) > and is fenced and no member any more gives up all, and goes on',
    },
  },
  ...stateGuards,
  ...reentryGuards,
]
