import { describe, expect, it } from 'vitest'
import { Heartbeats } from '../../src/kafka/native/group/heartbeats.ts'
import { KafkaError } from '../../src/kafka/port.ts'
import { VirtualClock } from '../../src/virtual-clock.ts'

function fixture(beat: () => Promise<void> = () => Promise.resolve()) {
  const clock = new VirtualClock(0)
  const seen: string[] = []
  const heartbeats = new Heartbeats({
    clock,
    intervalMilliseconds: 1_000,
    beat: () => {
      seen.push(`beat ${clock.now()}`)
      return beat()
    },
    rebalance: () => seen.push('rebalance'),
    lost: ({ reason }) => seen.push(`lost ${reason}`),
  })
  return { clock, seen, heartbeats }
}

const failing = (fault: KafkaError['fault'], reason: string) => () =>
  Promise.reject(new KafkaError(fault, reason, 'Heartbeat', reason))

describe('heartbeats', () => {
  it('come quickly at first, then once a second', async () => {
    const { clock, seen, heartbeats } = fixture()
    heartbeats.start()
    await clock.advance({ milliseconds: 5_000 })
    expect(seen).toEqual(['beat 100', 'beat 300', 'beat 700', 'beat 1500', 'beat 2500', 'beat 3500', 'beat 4500'])
  })

  it('stop when they are told to', async () => {
    const { clock, seen, heartbeats } = fixture()
    heartbeats.start()
    await clock.advance({ milliseconds: 150 })
    heartbeats.stop()
    await clock.advance({ milliseconds: 10_000 })
    expect(seen).toEqual(['beat 100'])
    expect(clock.pending).toBe(0)
  })

  it('say what the coordinator answers', async () => {
    const called = fixture(failing('abortable', 'REBALANCE_IN_PROGRESS'))
    called.heartbeats.start()
    await called.clock.advance({ milliseconds: 100 })
    expect(called.seen).toEqual(['beat 100', 'rebalance'])
    const gone = fixture(failing('fenced', 'UNKNOWN_MEMBER_ID'))
    gone.heartbeats.start()
    await gone.clock.advance({ milliseconds: 100 })
    expect(gone.seen).toEqual(['beat 100', 'lost UNKNOWN_MEMBER_ID'])
  })

  it('go on when the connection fails', async () => {
    const { clock, seen, heartbeats } = fixture(failing('unknown-outcome', 'CONNECTION'))
    heartbeats.start()
    await clock.advance({ milliseconds: 400 })
    expect(seen).toEqual(['beat 100', 'beat 300'])
  })

  it('confirm by a beat that was sent after the question', async () => {
    const answers: (() => void)[] = []
    const { clock, seen, heartbeats } = fixture(() => new Promise((resolve) => answers.push(resolve)))
    heartbeats.start()
    await clock.advance({ milliseconds: 100 })
    let isConfirmed = false
    const confirmed = heartbeats.confirm().then(() => {
      isConfirmed = true
    })
    answers.shift()?.()
    await clock.advance({ milliseconds: 0 })
    expect(isConfirmed).toBe(false)
    expect(seen).toEqual(['beat 100', 'beat 100'])
    answers.shift()?.()
    await confirmed
    expect(isConfirmed).toBe(true)
  })

  it('confirm nothing by an answer to a membership that is no more', async () => {
    const answers: (() => void)[] = []
    const { clock, heartbeats } = fixture(() => new Promise((resolve) => answers.push(resolve)))
    heartbeats.start()
    await clock.advance({ milliseconds: 0 })
    const confirmed = heartbeats.confirm().catch((error: KafkaError) => error.reason)
    await clock.advance({ milliseconds: 0 })
    heartbeats.stop()
    answers.shift()?.()
    await clock.advance({ milliseconds: 0 })
    heartbeats.reject(new KafkaError('fenced', 'UNKNOWN_MEMBER_ID', 'Heartbeat', 'gone'))
    expect(await confirmed).toBe('UNKNOWN_MEMBER_ID')
  })

  it('are deaf to answers from before a new start', async () => {
    const answers: (() => void)[] = []
    const { clock, seen, heartbeats } = fixture(
      () =>
        new Promise((_, reject) =>
          answers.push(() => reject(new KafkaError('fenced', 'ILLEGAL_GENERATION', 'x', 'x'))),
        ),
    )
    heartbeats.start()
    await clock.advance({ milliseconds: 100 })
    heartbeats.stop()
    heartbeats.start()
    answers.shift()?.()
    await clock.advance({ milliseconds: 0 })
    expect(seen).toEqual(['beat 100'])
  })

  it('confirm by a call to rebalance, which only members hear', async () => {
    const { clock, heartbeats } = fixture(failing('abortable', 'REBALANCE_IN_PROGRESS'))
    heartbeats.start()
    const confirmed = heartbeats.confirm().then(() => 'a member')
    await clock.advance({ milliseconds: 10 })
    expect(await Promise.race([confirmed, clock.advance({ seconds: 60 }).then(() => 'in vain')])).toBe('a member')
  })

  it('tell who waits for a confirmation when the client is closed instead', async () => {
    const { clock, heartbeats } = fixture(failing('retriable', 'CLOSED'))
    heartbeats.start()
    const confirmed = heartbeats.confirm().catch(({ reason }: KafkaError) => reason)
    await clock.advance({ milliseconds: 10 })
    expect(await Promise.race([confirmed, clock.advance({ seconds: 60 }).then(() => 'in vain')])).toBe('CLOSED')
  })
})
