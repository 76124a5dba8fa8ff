import { describe, expect, it } from 'vitest'
import { isRefusal, refusedIn } from '../../src/kafka/native/transactions/transaction-refusals.ts'
import {
  type TransactionEvent,
  type TransactionPhase,
  transactionTable,
} from '../../src/kafka/native/transactions/transaction-states.ts'

const phases = Object.keys(transactionTable) as TransactionPhase[]
const events = Object.keys(transactionTable.ready) as TransactionEvent[]

/** The phases that `events` lead through; a refusal leaves the phase. */
function reached(start: TransactionPhase, ...happened: TransactionEvent[]): TransactionPhase {
  return happened.reduce<TransactionPhase>((phase, event) => {
    const next = transactionTable[phase][event]
    return isRefusal(next) ? phase : next
  }, start)
}

describe('the table of transactional states', () => {
  it('has an answer to every event in every state', () => {
    for (const phase of phases) {
      for (const event of events) {
        const next = transactionTable[phase][event]
        expect(isRefusal(next) || phases.includes(next)).toBe(true)
      }
    }
  })

  it('leads through a life', () => {
    expect(reached('uninitialised', 'init', 'initialised', 'write', 'write', 'commit', 'ended')).toBe('ready')
    expect(reached('ready', 'write', 'fail', 'commit')).toBe('failed')
    expect(reached('failed', 'abort', 'ended')).toBe('ready')
    expect(reached('open', 'commit', 'fail')).toBe('failed')
  })

  it('lets nothing be written or ended where only init helps', () => {
    for (const phase of ['unknown', 'fenced', 'uninitialised'] as const) {
      for (const event of ['write', 'commit', 'abort'] as const) expect(reached(phase, event)).toBe(phase)
      expect(reached(phase, 'init', 'initialised')).toBe('ready')
    }
  })

  it('never comes back from closed', () => {
    for (const event of events) expect(reached('closed', event)).toBe('closed')
  })

  it('finds a way to ready from every state but closed', () => {
    for (const phase of phases.filter((candidate) => candidate !== 'closed')) {
      expect(reached(phase, 'init', 'initialised', 'fail', 'ended', 'abort', 'ended', 'init', 'initialised')).toBe(
        'ready',
      )
    }
  })

  it('never lets a late failure make a lost or fenced state better', () => {
    for (const event of ['fail', 'ended', 'initialised'] as const) {
      expect(reached('unknown', event)).toBe('unknown')
      expect(reached('fenced', event)).toBe('fenced')
    }
    expect(reached('fenced', 'lose')).toBe('fenced')
  })

  it('tells what is refused as a fault that the caller knows what to do with', () => {
    const faults = Object.fromEntries(phases.map((phase) => [phase, refusedIn(phase, 'write', 'id', null).fault]))
    expect(faults).toEqual({
      uninitialised: 'fatal',
      initialising: 'fatal',
      ready: 'fatal',
      open: 'fatal',
      failed: 'abortable',
      committing: 'fatal',
      aborting: 'fatal',
      unknown: 'unknown-outcome',
      fenced: 'fenced',
      closed: 'retriable',
    })
  })
})
