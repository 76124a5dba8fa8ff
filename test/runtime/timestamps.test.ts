import { describe, expect, it } from 'vitest'
import { deadLetter, from, number, text, topic, topology, tumbling } from '../../src/index.ts'
import { drive } from '../../src/testing/drive.ts'

const readings = topic('readings', { key: text, value: text })
const counts = topic('counts', { key: text, value: number })
const built = topology(
  'readings',
  from(readings, { timestamp: Number, maxLead: 'off', onFailure: [deadLetter('timeless')] })
    .window(tumbling({ minutes: 1 }))
    .count('per-minute')
    .to(counts),
)

describe('a timestamp that is no moment', () => {
  it.each(['1e300', '1.7e18', '-1', 'noon'])('%s makes a dead letter of its record and moves no time', (at) => {
    const flow = drive(built)
    flow.put(readings, '60000', { key: 'k', time: 60_000 })
    flow.put(readings, at, { key: 'k', time: 60_000 })
    flow.put(readings, '61000', { key: 'k', time: 61_000 })
    flow.end()
    expect(flow.take(counts)).toMatchObject([{ key: 'k', value: 2 }])
  })
})
