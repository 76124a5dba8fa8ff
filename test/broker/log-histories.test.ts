/** Random histories of a log: what a crash leaves, and that compaction changes nothing for who reads it from the start. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { array, assert, constantFrom, integer, oneof, property, record } from 'fast-check'
import { expect, test } from 'vitest'
import { TopicConfigs } from '../../src/broker/configs.ts'
import { PartitionLog } from '../../src/broker/log/log.ts'
import { policyOf } from '../../src/broker/log/policy.ts'
import type { DirectoryData } from '../../src/broker/storage/directory.ts'
import { BatchBuilder, readBatches } from '../../src/wire/batch.ts'
import { append, batchesFrom, openData, openLog, recordsOf } from './storage-tools.ts'

const small = { 'segment.bytes': '300' }

test('a crash leaves all that was flushed, and of the rest at most the last segment is lost', () => {
  const step = constantFrom('append', 'append', 'append', 'flush', 'roll', 'die', 'lose power', 'close')
  void assert(
    property(array(step, { maxLength: 40 }), (steps) => {
      const directory = mkdtempSync(join(tmpdir(), 'millrace-history-'))
      const world = { data: openData(directory), written: 0, safe: 0 }
      let log = openLog(world.data, small)
      try {
        for (const [number, name] of steps.entries()) {
          perform(name, world, log, number)
          if (name !== 'die' && name !== 'lose power' && name !== 'close') continue
          world.data = openData(directory)
          log = openLog(world.data, small)
          expect(recordsOf(log)).toEqual(Array.from({ length: world.written }, (_, at) => `${at}:${at}`))
        }
      } finally {
        world.data.close()
        rmSync(directory, { recursive: true, force: true })
      }
    }),
    { numRuns: 60, seed: 5 },
  )
})

interface World {
  data: DirectoryData
  /** Records that are there. */
  written: number
  /** Of these, those that outlive a loss of power. */
  safe: number
}

function perform(step: string, world: World, log: PartitionLog, number: number): void {
  if (step === 'append') {
    const rolled = log.segments().length
    expect(append(log, [String(world.written)], {}, number)).toBe(`@${world.written}`)
    // What is closed is flushed: all but the batch that opened the new segment.
    if (log.segments().length > rolled) world.safe = world.written
    world.written++
  }
  if (step === 'roll') log.roll()
  if (step === 'flush') world.data.flush()
  if (step === 'close') world.data.close()
  // What a process left unflushed is flushed by the next.
  if (step !== 'append' && step !== 'lose power') world.safe = world.written
  if (step === 'die') world.data.crash({ loseUnsynced: false })
  if (step === 'lose power') {
    world.data.crash({ loseUnsynced: true })
    world.written = world.safe
  }
}

/** What happens to a compacted log, by one of three producers or none. */
const event = oneof(
  {
    weight: 6,
    arbitrary: record({
      kind: constantFrom('put', 'delete'),
      key: integer({ min: 0, max: 4 }),
      by: integer({ min: -1, max: 2 }),
    }),
  },
  { weight: 3, arbitrary: record({ kind: constantFrom('commit', 'abort'), by: integer({ min: 0, max: 2 }) }) },
  { weight: 2, arbitrary: record({ kind: constantFrom('compact', 'roll', 'maybe') }) },
)

test('compaction changes nothing for a reader of what is committed', () => {
  void assert(
    property(array(event, { minLength: 20, maxLength: 80 }), (events) => {
      const policy = policyOf(
        new TopicConfigs(
          new Map([
            ['segment.bytes', '300'],
            ['cleanup.policy', 'compact'],
            ['delete.retention.ms', '3'],
          ]),
        ),
      )
      const log = new PartitionLog({ policy: () => policy })
      const sequences = [0, 0, 0]
      for (const [now, one] of events.entries()) {
        const before = stateOf(log)
        const by = 'by' in one ? one.by : -1
        if (one.kind === 'compact') log.compact(now)
        else if (one.kind === 'maybe') log.compactIfDirty(now)
        else if (one.kind === 'roll') log.roll()
        else if (one.kind === 'commit' || one.kind === 'abort') {
          log.appendMarker({ type: one.kind, producerId: by, producerEpoch: 0, coordinatorEpoch: 0, timestamp: now })
        } else write(log, `k${'key' in one ? one.key : 0}`, one.kind === 'put' ? `v${now}` : null, by, sequences, now)
        if (one.kind === 'compact' || one.kind === 'maybe') expect(stateOf(log)).toEqual(before)
      }
    }),
    { numRuns: 200, seed: 6 },
  )
})

function write(
  log: PartitionLog,
  key: string,
  value: string | null,
  by: number,
  sequences: number[],
  now: number,
): void {
  const builder = new BatchBuilder()
  builder.append(now, key, value)
  const identity =
    by < 0 ? {} : { producerId: by, producerEpoch: 0, baseSequence: sequences[by]!++, transactional: true }
  const [batch] = readBatches(builder.build(identity))
  expect(log.append(batch!, -1).errorCode).toBe(0)
}

/** The last value of each key as a reader of committed records sees it, and where the log is stable and ends. */
function stateOf(log: PartitionLog): unknown {
  const aborted = log.aborted(0, log.endOffset)
  const state = new Map<string, string>()
  for (const batch of batchesFrom(log, 0)) {
    if (batch.isControl || batch.baseOffset >= log.stableOffset) continue
    const { producerId, baseOffset } = batch
    const isAborted = aborted.some(
      (one) => one.producerId === producerId && one.firstOffset <= baseOffset && baseOffset < one.lastOffset,
    )
    for (const cursor = batch.cursor(); !isAborted && cursor.next(); ) {
      const key = cursor.bytes.toString('utf8', cursor.keyStart, cursor.keyEnd)
      if (cursor.valueStart < 0) state.delete(key)
      else state.set(key, cursor.bytes.toString('utf8', cursor.valueStart, cursor.valueEnd))
    }
  }
  return [[...state].sort(), log.stableOffset, log.endOffset]
}
