/** Planted bugs of state, time and policies. */
import type { Canary } from './canary.ts'

export const stateCanaries: readonly Canary[] = [
  {
    // Behind the last row lies the marker of its transaction: to miss a row, two offsets have to be missing.
    name: 'restore stops at high watermark - 1',
    patches: [
      {
        file: 'src/runtime/restore/restore.ts',
        find: 'const end = Math.min(ends.get(name)!, target',
        replace: 'const end = Math.min(ends.get(name)! - 2, target',
      },
    ],
    world: 'running',
  },
  {
    // A closed window leaves nothing but a deletion in the changelog.
    name: 'window fires twice after restore',
    patches: [
      {
        file: 'src/state/restore-batch.ts',
        find: 'const row = value === null ? null : this.scratch.row(value, time, version)',
        replace: 'if (value === null) return\n    const row = this.scratch.row(value, time, version)',
      },
    ],
    world: 'repartition',
  },
  {
    name: 'breaker drops while open',
    patches: [
      {
        file: 'src/policies/decide.ts',
        find: "return { kind: 'hold', breaker: refusing.name }",
        replace: "return { kind: 'skip' }",
      },
      {
        file: 'src/runtime/breakers/breaker.ts',
        find: "if (this.isClosed || this.policy.whileOpen === 'fail') return true",
        replace: 'if (this.ports.clock !== null) return true',
      },
    ],
    world: 'asked',
  },
  {
    name: 'dedupe off by one',
    patches: [
      {
        file: 'src/operators/tables/dedupe.ts',
        find: 'Math.max(0, time - within)',
        replace: 'Math.max(0, time - within + 1)',
      },
    ],
    world: 'on-the-second',
  },
  {
    // Tasks wait for the smallest watermark among them: here also for that of a task that has nothing to take.
    name: 'watermark ignores idleness',
    patches: [
      {
        file: 'src/runtime/time/alignment.ts',
        find: 'if (!pace.isQuiet && pace.watermark < watermark)',
        replace: 'if (pace.watermark < watermark)',
      },
    ],
    world: 'side-by-side',
  },
  {
    name: 'late data dropped uncounted',
    patches: [
      {
        file: 'src/operators/refuse-late.ts',
        find: '  counters.late++\n',
        replace: '  if (counters !== null) return\n',
      },
    ],
    world: 'idle',
  },
  {
    // All that a transaction did to a row comes down to one record of the changelog; here a deletion comes down to none.
    name: 'tombstone lost in compaction',
    patches: [
      {
        file: 'src/state/slots.ts',
        find: 'if (encoded === null && !this.keepsDeleted && slot.committed === null) return\n',
        replace: `if (encoded === null && !this.keepsDeleted) {
      if (slot.committed !== null) pending.delete(this.rowKey(slot))
      return
    }
`,
      },
    ],
    world: 'repartition',
  },
]
