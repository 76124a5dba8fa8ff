import { describe, expect, it } from 'vitest'
import { Lane, type Parcel, sequenceAfter, stamp } from '../../src/kafka/native/produce/lane.ts'
import { BatchBuilder, RecordBatch } from '../../src/wire/batch.ts'

const node = 1

function parcel(lane: Lane, records: number): Parcel {
  const builder = new BatchBuilder()
  for (let n = 0; n < records; n++) builder.append(n, null, `${n}`)
  const sequence = lane.nextSequence
  const bytes = builder.build({ producerId: 7, producerEpoch: 1, baseSequence: sequence })
  lane.nextSequence = sequenceAfter(sequence, records)
  const made: Parcel = {
    bytes,
    records,
    sequence,
    deadline: 0,
    wasLost: false,
    resolve: () => undefined,
    reject: () => undefined,
  }
  lane.push(made)
  return made
}

const viewOf = ({ bytes }: Parcel) => new RecordBatch(bytes, 0, bytes.length)

describe('a lane', () => {
  it('lets nothing overtake the first parcel', () => {
    const lane = new Lane({ topic: 't', partition: 0 })
    parcel(lane, 1)
    parcel(lane, 1)
    lane.take(node)
    expect(lane.isReady(node)).toBe(false)
    lane.inFlight--
    lane.isProven = true
    lane.take(node)
    parcel(lane, 1)
    expect(lane.isReady(node)).toBe(true)
    expect(lane.isReady(node + 1)).toBe(false)
  })

  it('sends what came back in the old order, once all has come back', () => {
    const lane = new Lane({ topic: 't', partition: 0 })
    lane.isProven = true
    const parcels = [parcel(lane, 2), parcel(lane, 3), parcel(lane, 1)]
    const sent = [lane.take(node), lane.take(node)]
    for (const returned of sent) {
      lane.inFlight--
      lane.giveBack(returned)
      lane.settle()
      expect(lane.isReady(node)).toBe(lane.inFlight === 0)
    }
    expect([lane.take(node), lane.take(node), lane.take(node)]).toEqual(parcels)
    expect(parcels.map(({ sequence }) => sequence)).toEqual([0, 2, 5])
  })

  it('closes the gap that a refused parcel leaves, checksums included', () => {
    const lane = new Lane({ topic: 't', partition: 0 })
    lane.isProven = true
    const [, second, third] = [parcel(lane, 2), parcel(lane, 3), parcel(lane, 1)]
    const refused = lane.take(node)
    lane.giveBack(lane.take(node))
    lane.inFlight -= 2
    lane.leaveGap(refused)
    lane.settle()
    expect([second!.sequence, third!.sequence, lane.nextSequence]).toEqual([0, 3, 4])
    for (const each of [second!, third!]) {
      expect(viewOf(each).baseSequence).toBe(each.sequence)
      expect(viewOf(each).isCrcValid()).toBe(true)
    }
  })

  it('counts sequences round', () => {
    expect(sequenceAfter(0x7fffffff, 1)).toBe(0)
    expect(sequenceAfter(0x7ffffffe, 5)).toBe(3)
  })

  it('stamps an identity into a finished batch', () => {
    const made = parcel(new Lane({ topic: 't', partition: 0 }), 1)
    stamp(made.bytes, { producerId: 2 ** 40, producerEpoch: 9 }, 77)
    const view = viewOf(made)
    expect([view.producerId, view.producerEpoch, view.baseSequence, view.isCrcValid()]).toEqual([2 ** 40, 9, 77, true])
  })
})
