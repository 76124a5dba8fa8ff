/** When a soak has failed although nothing was lost: it proves nothing, or its verdict is not whole. */
import { describe, expect, test } from 'vitest'
import { countsOf, parseJournal, type Told, tasksAfter } from './journals.ts'
import { judge } from './outcome.ts'
import type { SoakRun } from './run.ts'
import { brokenRules, type Happened, rules } from './vacuity.ts'
import { parseVerdict, type Verdict } from './verdict.ts'
import { partitionsOfTasks } from './watch.ts'

const happened: Happened = {
  planned: { kills: 10, stops: 3, brokerRestarts: 1 },
  kills: 10,
  killsInTransaction: 3,
  stops: 3,
  brokerRestarts: 1,
  leftOver: 1,
  aborts: 1,
  fenced: 1,
  restores: 1,
  rebalances: 2,
}

const verdict: Verdict = {
  steps: Array.from({ length: 10 }, (_, index) => ({
    step: `${index + 1} of ten`,
    passed: true,
    wrong: 0,
    complaints: [],
  })),
  lost: 0,
  doubled: 0,
  found: { poison: 1, lateWindows: 1, lateSessions: 1, windows: 1, sessions: 1 },
  aborted: 1,
  doctored: [{ role: 'dead', topic: 'dead-dropped', isWrong: true, rejected: true }],
}

describe('a soak in which too little happened', () => {
  test('holds all rules when each fault was there', () => {
    expect(brokenRules(happened, verdict)).toEqual([])
  })

  test.each<[Partial<Happened>, string]>([
    [{ kills: 9 }, 'every planned kill came'],
    [{ stops: 2 }, 'every planned stop came'],
    [{ brokerRestarts: 0 }, 'every planned restart of the broker came'],
    [{ killsInTransaction: 2 }, '30 % of the kills found a transaction open'],
    [{ leftOver: 0 }, 'there was work left after the last fault'],
    [{ aborts: 0 }, 'transactions were aborted'],
    [{ fenced: 0 }, 'workers that stood still were fenced'],
    [{ restores: 0 }, 'state was restored'],
    [{ rebalances: 1 }, 'tasks moved'],
  ])('%j breaks a rule', (change, rule) => {
    expect(brokenRules({ ...happened, ...change }, verdict)).toEqual([rule])
  })

  test.each<[Partial<Verdict>, string]>([
    [{ aborted: 0 }, 'records of aborted transactions are in the logs'],
    [{ found: { ...verdict.found, poison: 0 } }, 'poison was planted'],
    [{ found: { ...verdict.found, lateWindows: 0 } }, 'records were late for windows'],
    [{ found: { ...verdict.found, lateSessions: 0 } }, 'records were late for sessions'],
    [{ found: { ...verdict.found, windows: 0 } }, 'windows and sessions closed'],
    [{ doctored: [] }, 'the verifier rejected every doctored output, and no other'],
    [
      { doctored: [...verdict.doctored, { role: 'dead', topic: 'dead-same', isWrong: false, rejected: true }] },
      'the verifier rejected every doctored output, and no other',
    ],
    [
      { doctored: [{ ...verdict.doctored[0]!, rejected: false }] },
      'the verifier rejected every doctored output, and no other',
    ],
  ])('%j breaks a rule', (change, rule) => {
    expect(brokenRules(happened, { ...verdict, ...change })).toEqual([rule])
  })

  test('each rule has its sentence', () => {
    expect(new Set(rules.map(({ rule }) => rule)).size).toBe(rules.length)
  })
})

describe('the verdict of the verifier', () => {
  test('is taken when it is whole', () => {
    expect(parseVerdict(JSON.stringify(verdict))).toEqual(verdict)
  })

  test.each<[string, Partial<Verdict>]>([
    ['a step is missing', { steps: verdict.steps.slice(1) }],
    ['steps are in another order', { steps: verdict.steps.toReversed() }],
    ['nothing is said of what is lost', { lost: undefined as never }],
    ['nothing is said of doctored outputs', { doctored: undefined as never }],
  ])('is none when %s', (_, change) => {
    expect(() => parseVerdict(JSON.stringify({ ...verdict, ...change }))).toThrow('no whole verdict')
  })
})

describe('the outcome', () => {
  const run: SoakRun = {
    felt: [
      ...Array.from({ length: 10 }, (_, index) => felt('kill', 1_000 * (index + 1))),
      ...Array.from({ length: 3 }, () => felt('stop', 20_000)),
      felt('broker restart', 30_000),
    ],
    kills: 10,
    killsInTransaction: 5,
    leftOver: 100,
    counts: { aborts: 1, fenced: 1, restores: 1, restoredRows: 10, rebalances: 2, starts: 13, commits: 50 },
    mayRestartBroker: true,
    seconds: 100,
  }

  function felt(fault: 'kill' | 'stop' | 'broker restart', milliseconds: number) {
    return { fault, instance: 'a', tasks: 3, milliseconds }
  }

  test('counts recoveries from kills alone, and complains of nothing', () => {
    const { outcome, complaints } = judge(100_000, 10, run, verdict)
    expect(complaints).toEqual([])
    expect(outcome).toMatchObject({
      ...{ records: 100_000, kills: 10, killsInTransaction: 5, stops: 3, brokerRestarts: 1, lost: 0, doubled: 0 },
      ...{ recoveryP50Ms: 5_000, recoveryP99Ms: 10_000 },
    })
    expect(outcome.steps).toHaveLength(10)
  })

  test('a lost record, a step that failed and a fault that never came are each a complaint', () => {
    const steps = verdict.steps.with(3, { step: '4 of ten', passed: false, wrong: 2, complaints: ['this', 'that'] })
    const { complaints } = judge(100_000, 10, { ...run, leftOver: 0 }, { ...verdict, steps, lost: 1 })
    expect(complaints).toEqual([
      'step 4 of ten: 2 wrong: this; that',
      '1 lost, 0 doubled',
      'void: not true that there was work left after the last fault',
    ])
  })
})

describe('the journals of workers', () => {
  const told = (event: string, detail: Record<string, unknown>): Told => ({ at: 0, event, ...detail })

  test('a line that was cut by a kill is left out', () => {
    expect(parseJournal('{"at":1,"event":"worker.started"}\n{"at":2,"ev')).toEqual([{ at: 1, event: 'worker.started' }])
  })

  test('tell which tasks a worker has', () => {
    const assigned = told('tasks.assigned', { gained: ['t-0', 't-1', 't-2'], revoked: [], generation: 1 })
    const moved = told('tasks.assigned', { gained: ['t-3'], revoked: ['t-0'], generation: 2 })
    const lost = told('tasks.lost', { tasks: ['t-1', 't-2', 't-3'], reason: 'UNKNOWN_MEMBER_ID' })
    expect(tasksAfter([assigned, moved])).toEqual(['t-1', 't-2', 't-3'])
    expect(tasksAfter([assigned, moved, lost])).toEqual([])
  })

  test('a task is named by its first input, and reads both', () => {
    const read = partitionsOfTasks(['soak-left-3', 'soak.by-account.repartition-7'])
    expect(read.map(({ topic, partition }) => `${topic}/${partition}`)).toEqual([
      'soak-left/3',
      'soak-right/3',
      'soak.by-account.repartition/7',
    ])
  })

  test('a generation that moves tasks counts once, whoever tells it', () => {
    const moved = told('tasks.assigned', { gained: ['t-0'], revoked: [], generation: 7 })
    const still = told('tasks.assigned', { gained: [], revoked: [], generation: 8 })
    expect(countsOf([moved, moved, still]).rebalances).toBe(1)
  })

  test('losing tasks is being fenced; losing none is not, nor is a rebalance that refuses positions', () => {
    const aborted = (reason: string): Told => told('transaction.aborted', { reason })
    const counts = countsOf([
      told('tasks.lost', { tasks: ['t-0'], reason: 'UNKNOWN_MEMBER_ID' }),
      told('tasks.lost', { tasks: [], reason: 'UNKNOWN_MEMBER_ID' }),
      aborted('Kafka answered EndTxn for soak-a-0 with PRODUCER_FENCED'),
      aborted('Kafka answered TxnOffsetCommit for soak-left-2 of group soak with ILLEGAL_GENERATION'),
    ])
    expect([counts.fenced, counts.aborts]).toEqual([2, 2])
  })
})
