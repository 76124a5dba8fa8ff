/** The guards of records that come again: once each, not before their time, and not left behind by a run that ends. */
import type { Guard } from './guard.ts'

const overDrive = (name: string): Guard['test'] => ({
  file: 'test/runtime/reentry.test.ts',
  name: `a retry topic > ${name}`,
})

export const reentryGuards: readonly Guard[] = [
  {
    name: 'what comes again: its position is not committed',
    patches: [
      {
        file: 'src/runtime/commit.ts',
        find: 'return task.allQueues.map(({ topic, partition, position })',
        replace: 'return task.queues.map(({ topic, partition, position })',
      },
    ],
    test: {
      file: 'test/runtime/reentry-worker.test.ts',
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
        file: 'src/runtime/task.ts',
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
        file: 'src/runtime/process.ts',
        find: 'context.raisesTime = false\n',
        replace: 'context.raisesTime = true\n',
      },
    ],
    test: overDrive('moves no time, however young it is'),
  },
]
