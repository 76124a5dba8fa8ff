/** The guards of local state: it is what Kafka has committed, up to the position it names, and has one owner. */
import type { Guard } from './guard.ts'

const onDisk = (name: string): Guard['test'] => ({
  file: 'test/runtime/guards-state.test.ts',
  name: `rows on the disk of a worker > ${name}`,
})

const inDirectory = (name: string): Guard['test'] => ({
  file: 'test/state/lmdb.test.ts',
  name: `a directory of state > ${name}`,
})

const afterRestart = (name: string): Guard['test'] => ({
  file: 'test/state/local-state.test.ts',
  name: `state on the disk of a worker > ${name}`,
})

export const stateGuards: readonly Guard[] = [
  {
    name: 'local store applied before the commit is known',
    patches: [
      {
        file: 'src/runtime/commit/commit.ts',
        find: '  await transactions.commit()\n',
        replace: `  for (const { stores } of tasks.keys()) for (const { store } of stores) store.commit()
  await transactions.commit()
`,
      },
    ],
    test: onDisk('hold nothing of a transaction that Kafka aborted while its end was asked for'),
  },
  {
    name: 'restore ignores the position: what was missed is not read',
    patches: [
      {
        file: 'src/runtime/restore/restore.ts',
        find: 'if (from >= start && from <= end) return from\n',
        replace: 'if (from >= start && from <= end) return end\n',
      },
    ],
    test: onDisk('get what was committed although nobody heard of it, each row once'),
  },
  {
    name: 'restore ignores the position: all is read again',
    patches: [{ file: 'src/runtime/tasks/open.ts', find: 'from: store.position,', replace: 'from: -1,' }],
    test: afterRestart('what another worker has done meanwhile is read from where this one stopped'),
  },
  {
    name: 'position outside the log believed',
    patches: [
      {
        file: 'src/runtime/restore/restore.ts',
        find: 'if (from >= start && from <= end) return from\n',
        replace: 'if (from >= 0) return Math.min(from, end)\n',
      },
    ],
    test: afterRestart('a store that is ahead of its changelog begins anew, and no other does'),
  },
  {
    name: 'rows of a changelog that was made anew',
    patches: [
      {
        file: 'src/state/lmdb/rows.ts',
        find: "return log === this.log || log === '' || this.log === ''",
        replace: 'return true',
      },
    ],
    test: onDisk('are void where their changelog was deleted and made anew, however long it has become'),
  },
  {
    name: 'overlay not dropped at abort',
    patches: [
      {
        file: 'src/runtime/tasks/task.ts',
        find: 'this.parking?.rewound()\n    for (const { store } of this.stores) store.abort()',
        replace: 'this.parking?.rewound()',
      },
    ],
    test: {
      file: 'test/runtime/guards-outcome.test.ts',
      name: 'a commit > that is refused leaves the state as it was',
    },
  },
  {
    name: 'LMDB fencing',
    patches: [
      {
        file: 'src/state/lmdb/rows.ts',
        find: 'if (now?.owner === this.owner && now.position === this.position) return now',
        replace: 'if (now !== null) return now',
      },
    ],
    test: inDirectory('is written by who opened it last only'),
  },
  {
    name: 'rows and position in one local transaction',
    patches: [
      {
        file: 'src/state/lmdb/environment.ts',
        find: 'return this.root.transactionSync(work)',
        replace: 'return work()',
      },
    ],
    test: inDirectory('is left as it was by a transaction that fails half way'),
  },
  {
    name: 'rows from before a stop of the machine',
    patches: [
      {
        file: 'src/state/lmdb/environment.ts',
        find: "state === 'sound' && !isTrusted(",
        replace: 'isTrusted === null && !isTrusted(',
      },
    ],
    test: inDirectory('begins anew when the machine stopped while it was in use: nothing was synced'),
  },
  {
    name: 'rows that were away for longer than deletions stay',
    patches: [
      {
        file: 'src/state/lmdb/rows.ts',
        find: 'this.isOf(before.log) && before.readAt >= this.environment.trustedSince',
        replace: 'this.isOf(before.log)',
      },
    ],
    test: inDirectory('begins anew when for as long as deletions stay in a changelog nobody > used it'),
  },
  {
    name: 'rows of a restore that was cut off do not make a position younger',
    patches: [
      {
        file: 'src/state/lmdb/rows.ts',
        find: 'readAt: isThere ? this.environment.now : before.readAt',
        replace: 'readAt: this.environment.now',
      },
    ],
    test: inDirectory(
      'begins anew when for as long as deletions stay in a changelog nobody > brought it up to date, however often it was opened, and however many rows came in between',
    ),
  },
  {
    name: 'rows given back are not cleared',
    patches: [
      {
        file: 'src/runtime/standbys/kept-rows.ts',
        find: '    if (this.isClosed) return\n    try {',
        replace: '    try {',
      },
    ],
    test: {
      file: 'test/runtime/standbys/kept-rows.test.ts',
      name: 'rows that were given back > are not cleared by who had them: a restore may still learn that its log has gone',
    },
  },
  {
    name: 'beginning committed before the first record',
    patches: [
      {
        file: 'src/runtime/worker.ts',
        find: 'for (const task of opened) if (!task.touched) this.tasks.admit(task)',
        replace: 'for (const task of opened) this.tasks.admit(task)',
      },
    ],
    test: {
      file: 'test/runtime/guards-outcome.test.ts',
      name: 'a first start > takes no record before the place it begins at is committed, also where that had to be tried again',
    },
  },
  {
    name: 'no periodic call while a commit waits for answers',
    patches: [
      {
        file: 'src/runtime/tasks/process.ts',
        find: '!this.task.isReplaying && !this.task.flights?.isHeldBack',
        replace: '!this.task.isReplaying',
      },
    ],
    test: {
      file: 'test/runtime/async/async-wall-clock.test.ts',
      name: 'periodic calls before a step that waits > are committed also where answers take longer than their interval',
    },
  },
]
