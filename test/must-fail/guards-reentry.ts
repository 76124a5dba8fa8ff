/** The guards of records that come again: once each, not before their time, and not left behind by a run that ends. */
import type { Guard } from './guard.ts'

const overDrive = (name: string): Guard['test'] => ({
  file: 'test/runtime/reentry/reentry.test.ts',
  name: `a retry topic > ${name}`,
})

const standing = (name: string): Guard['test'] => ({ file: 'test/runtime/failures/standing.test.ts', name })

export const reentryGuards: readonly Guard[] = [
  {
    name: 'what comes again: its position is not committed',
    patches: [
      {
        file: 'src/runtime/tasks/task.ts',
        find: 'positions: new Map(this.allQueues.map((queue)',
        replace: 'positions: new Map(this.queues.map((queue)',
      },
    ],
    test: {
      file: 'test/runtime/reentry/reentry-worker.test.ts',
      name: 'a worker whose records come again > what is redriven goes through the sub-topology of its source, and its position is committed',
    },
  },
  {
    name: 'what comes again: taken before its time',
    patches: [
      {
        file: 'src/runtime/reentry/turns.ts',
        find: 'return dueAt === Number.POSITIVE_INFINITY || dueAt <= this.ports.now()',
        replace: 'return dueAt === Number.POSITIVE_INFINITY || dueAt <= this.ports.now() + 60_000',
      },
    ],
    test: overDrive('brings a record again when its delay is over, and lets the others go on'),
  },
  {
    name: 'what comes again: a bounded run does not wait for it',
    patches: [
      {
        file: 'src/runtime/tasks/task.ts',
        find: 'return !this.reentryEnds.areReached',
        replace: 'return false',
      },
    ],
    test: overDrive('is waited for by the end of a bounded run, before windows close'),
  },
  {
    name: 'what comes again: moves time',
    patches: [
      {
        file: 'src/runtime/tasks/process.ts',
        find: 'context.raisesTime = false\n',
        replace: 'context.raisesTime = true\n',
      },
    ],
    test: overDrive('moves no time, however young it is'),
  },
  {
    name: 'what comes again: the end of a bounded run does not wait for calls that may still fail',
    patches: [
      {
        file: 'src/runtime/tasks/process.ts',
        find: 'if (isSettled && !task.isWaiting && open.every(',
        replace: 'if (isSettled && open.every(',
      },
    ],
    test: standing(
      'the end of a bounded run > waits for a record whose call is still to fail, and comes again after it',
    ),
  },
  {
    name: 'a held record: other inputs go on without it',
    patches: [
      {
        file: 'src/runtime/time/merge.ts',
        find: 'const held = queue.isWaiting || (isSource && this.ports.isHeld())',
        replace: 'const held = isSource && this.ports.isHeld()',
      },
    ],
    test: standing('a record that is held > keeps the time of its task, whatever other inputs bring: {"wait":"never"}'),
  },
  {
    name: 'a record that can not be stamped yet: tried before its time',
    patches: [
      {
        file: 'src/runtime/tasks/process.ts',
        find: 'if (this.mustWait(queue)) return false\n',
        replace: '',
      },
    ],
    test: standing(
      'a record that can not be stamped yet > is not tried before its time, though the transaction is taken back for another',
    ),
  },
  {
    name: 'a row of which no letter can be written: the record in hand is blamed for it',
    patches: [
      {
        file: 'src/runtime/failures/failures.ts',
        find: "if (fault?.kind === 'reject') return fault\n",
        replace: '',
      },
    ],
    test: standing(
      'a row of which no letter can be written > too large for its queue: the task pauses, no record is blamed, and nothing is lost',
    ),
  },
]
