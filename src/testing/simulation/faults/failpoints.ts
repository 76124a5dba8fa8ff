/** Death at one exact place: seen in the requests that a worker sends, or in what it tells of itself. */
import type { WorkerEventName, WorkerEvents } from '../../../observe/events.ts'
import type { Moment } from '../network/traps.ts'
import type { Cause } from './fault.ts'
import { anyWorker } from './process.ts'
import { api } from './requests.ts'

/** An answer to Fetch that is longer brings records. */
const emptyFetch = 300

export const failpoints = {
  dieAfterPoll: atRequest(api.Fetch, 'answered', emptyFetch),
  dieBeforeProduce: atRequest(api.Produce, 'before'),
  dieAfterProduceSent: atRequest(api.Produce, 'sent'),
  dieBeforeOffsets: atRequest(api.TxnOffsetCommit, 'before'),
  dieAfterOffsets: atRequest(api.TxnOffsetCommit, 'answered'),
  dieAfterEndSent: atRequest(api.EndTxn, 'sent'),
  dieBeforeLocalCommit: atRequest(api.EndTxn, 'answered'),
  dieAfterCommit: atEvent('commit.ended', () => true),
  dieInRestore: atEvent('restore.started', ({ remaining }) => remaining > 0),
  dieInRevoke: atEvent('tasks.assigned', ({ revoked }) => revoked.length > 0),
  dieInAssign: atEvent('tasks.assigned', ({ gained }) => gained.length > 0),
  dieInDeadLetter: atEvent('record.rejected', () => true),
} satisfies Record<string, Cause>

function atRequest(key: number, moment: Moment, longerThan = 0): Cause {
  return (world, hit) => {
    const worker = anyWorker(world)
    worker?.network.traps.set({ api: key, moment, nth: world.between(1, 5), longerThan, strike: { kind: 'kill' }, hit })
  }
}

function atEvent<Name extends WorkerEventName>(name: Name, when: (detail: WorkerEvents[Name]) => boolean): Cause {
  return (world, hit) => {
    let left = world.between(1, 3)
    world.ambush(name, (worker, detail) => {
      if (!when(detail as WorkerEvents[Name]) || --left > 0) return false
      worker.kill(false)
      hit()
      return true
    })
  }
}
