/** The guards, in the order of the list in the design. */
import type { Guard, Patch } from './guard.ts'

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
        file: 'src/kafka/native/positions.ts',
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
        file: 'src/runtime/restore.ts',
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
        file: 'src/kafka/native/aborted.ts',
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
    name: 'closeAfter on EndTxn, protocol 1',
    patches: [rewoundAfterBeginning],
    test: inRuntime('outcome', 'a commit > whose answer is lost counts once (transaction.version 0)'),
  },
  {
    name: 'closeAfter on EndTxn, protocol 2',
    patches: [
      rewoundAfterBeginning,
      {
        file: 'src/kafka/native/transactions.ts',
        find: 'this.#begin(await this.#untilAnswered(end))',
        replace: 'this.#begin(await this.#untilAnswered(end, true))',
      },
    ],
    test: inRuntime('outcome', 'a commit > whose answer is lost counts once (transaction.version 2)'),
  },
  {
    name: 'coordinator moved during EndTxn',
    patches: [
      {
        file: 'src/kafka/native/coordinators.ts',
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
        file: 'src/kafka/native/transaction-requests.ts',
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
        file: 'src/runtime/commit.ts',
        find: 'transactions.offsets({ group, memberId, generation, instanceId },',
        replace: 'transactions.offsets(membership,',
      },
    ],
    test: inRuntime(
      'ownership',
      'a member that was lost and has come back > does not commit in its new generation what it did in the old one',
    ),
  },
  {
    name: 'timer-only transaction by a zombie',
    patches: [
      {
        file: 'src/runtime/commit.ts',
        find: 'function positionsOf(task: Task): PartitionOffset[] {\n  return task.queues.map(',
        replace: `const named = new WeakMap<object, number>()
function positionsOf(task: Task): PartitionOffset[] {
  const moved = task.queues.filter((queue) => named.get(queue) !== queue.position)
  for (const queue of moved) named.set(queue, queue.position)
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
        file: 'src/runtime/assign.ts',
        find: 'held.filter((task) => (owners.get(task.id) ?? memberId) === memberId)',
        replace: 'held',
      },
    ],
    test: {
      file: 'test/runtime/assign.test.ts',
      name: 'placing tasks > takes a task away in one generation and hands it over in the next',
    },
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
    name: 'transaction timeout during restore',
    patches: [{ file: 'src/runtime/recovery.ts', find: "fenced: 'reopen'", replace: "fenced: 'stop'" }],
    test: inRuntime('outcome', 'a transaction > that times out while its worker restores another task is worked again'),
  },
  {
    name: 'store written before the commit',
    patches: [
      {
        file: 'src/runtime/commit.ts',
        find: '  writeTransaction(ports, touched)\n',
        replace:
          '  writeTransaction(ports, touched)\n  for (const task of touched) for (const { store } of task.stores) store.commit()\n',
      },
    ],
    test: inRuntime('outcome', 'a commit > that is refused leaves the state as it was'),
  },
]
