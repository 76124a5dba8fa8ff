import { describe, expect, test } from 'vitest'
import { Watermark, type WatermarkInput } from '../../src/time/watermark.ts'

const source = (outOfOrderness = 0, topic = 'source'): WatermarkInput => ({ topic, outOfOrderness, writers: null })
const repartition = (...writers: string[]): WatermarkInput => ({ topic: 'repartition', outOfOrderness: 0, writers })
const promising = (topic = 'promising'): WatermarkInput => ({ topic, outOfOrderness: 0, writers: null, promises: true })
const infinity = Number.POSITIVE_INFINITY

describe('one out-of-orderness for all inputs', () => {
  test.each([
    [0, [5, 3, 9, 8], [5, 5, 9, 9]],
    [4, [5, 3, 9, 8], [1, 1, 5, 5]],
    [10, [5, 12], [-1, 2]],
  ])('d = %i: after %j W is %j', (outOfOrderness, times, values) => {
    const watermark = new Watermark([source(outOfOrderness)])
    expect(watermark.value).toBe(-1)
    const seen = times.map((time) => {
      watermark.take(0, time)
      return watermark.value
    })
    expect(seen).toEqual(values)
  })

  test('is S - d over several partitions, since the merge takes the oldest head', () => {
    const watermark = new Watermark([source(2), source(2)])
    const heads = [
      [0, 1],
      [1, 2],
      [0, 5],
      [1, 6],
    ] as const
    for (const [input, time] of heads) watermark.take(input, time)
    expect(watermark.value).toBe(4)
  })
})

describe('several out-of-ordernesses', () => {
  test('the input that may be further behind holds W back', () => {
    const watermark = new Watermark([source(0), source(10)])
    watermark.head(0, 100)
    watermark.head(1, 105)
    watermark.take(0, 100)
    // min(min(100, 100) - 0, min(100, 105) - 10)
    expect(watermark.value).toBe(90)
  })

  test('the head of an input counts, but no further than S', () => {
    const watermark = new Watermark([source(0), source(10)])
    watermark.head(0, 50)
    watermark.head(1, 500)
    watermark.take(0, 50)
    expect(watermark.value).toBe(40)
  })

  test('an empty input that was gone on without is left out until it delivers', () => {
    const watermark = new Watermark([source(0), source(10)])
    watermark.head(0, 100)
    watermark.head(1, null)
    watermark.take(0, 100)
    expect(watermark.value).toBe(100)
    watermark.head(1, 120)
    watermark.head(0, 130)
    watermark.take(1, 120)
    // W doesn't go back: min(120 - 0, 120 - 10) is above 100 again.
    expect(watermark.value).toBe(110)
  })

  test('W never goes back', () => {
    const watermark = new Watermark([source(0), source(10)])
    watermark.head(1, null)
    watermark.take(0, 100)
    watermark.head(1, 3)
    watermark.take(1, 3)
    expect(watermark.value).toBe(100)
  })
})

describe('C7: the merge hands over 1, 2, 3, 4, 5, 2, 4, 6', () => {
  test('S, and with it W, is 1, 2, 3, 4, 5, 5, 5, 6', () => {
    const watermark = new Watermark([source(), source()])
    const taken = [
      [0, 1],
      [1, 2],
      [0, 3],
      [1, 4],
      [0, 5],
      [0, 2],
      [0, 4],
      [1, 6],
    ] as const
    const seen = taken.map(([input, time]) => {
      watermark.take(input, time)
      return watermark.value
    })
    expect(seen).toEqual([1, 2, 3, 4, 5, 5, 5, 6])
  })
})

describe('records that say themselves how far time has come', () => {
  test.each([
    ['the largest promise counts, and never goes back', [5, 3, 9], [5, 5, 9]],
    ['a record without one moves nothing', [-1, 7, -1], [-1, 7, 7]],
  ])('%s', (_what, promises, values) => {
    const watermark = new Watermark([promising()])
    const seen = promises.map((promise) => {
      watermark.take(0, 1_000, promise)
      return watermark.value
    })
    expect(seen).toEqual(values)
  })

  test('a promise may be ahead of every timestamp', () => {
    const watermark = new Watermark([promising()])
    watermark.take(0, 10, 500)
    expect(watermark.value).toBe(500)
  })

  test('the smallest over all inputs counts; without any, an input holds W back', () => {
    const watermark = new Watermark([promising('left'), promising('right')])
    watermark.head(1, 20)
    watermark.take(0, 10, 90)
    expect(watermark.value).toBe(-1)
    watermark.head(0, 30)
    watermark.take(1, 20, 40)
    expect(watermark.value).toBe(40)
    watermark.head(1, 25)
    watermark.take(1, 25, 60)
    expect(watermark.value).toBe(60)
  })

  test('beside a source with bounded out-of-orderness the smaller of both counts', () => {
    const watermark = new Watermark([promising(), source(5)])
    watermark.head(1, 100)
    watermark.take(0, 90, 90)
    // min(90, min(90, 100) - 5)
    expect(watermark.value).toBe(85)
  })

  test('is saved and comes back', () => {
    const watermark = new Watermark([promising()])
    watermark.take(0, 10, 500)
    const other = new Watermark([promising()])
    other.restore(JSON.parse(JSON.stringify(watermark.save())))
    other.take(0, 20, 400)
    expect(other.value).toBe(500)
    expect(other.save()).toEqual({
      ...watermark.save(),
      inputs: { promising: { taken: 20, idle: false, writers: null, promised: 500 } },
    })
  })
})

describe('behind a repartition topic', () => {
  test('W is the smallest mark over all writers, unheard counts -1', () => {
    const watermark = new Watermark([repartition('0_0', '0_1')])
    watermark.writerMark(0, '0_0', 50)
    expect(watermark.value).toBe(-1)
    watermark.writerMark(0, '0_1', 30)
    expect(watermark.value).toBe(30)
    watermark.writerMark(0, '0_1', 80)
    expect(watermark.value).toBe(50)
  })

  test('records alone move nothing', () => {
    const watermark = new Watermark([repartition('0_0')])
    watermark.take(0, 1_000)
    expect(watermark.value).toBe(-1)
    expect(watermark.hasTaken).toBe(true)
  })

  test('a mark that went back, or of a task that does not write, changes nothing', () => {
    const watermark = new Watermark([repartition('0_0')])
    watermark.writerMark(0, '0_0', 50)
    watermark.writerMark(0, '0_0', 40)
    watermark.writerMark(0, '9_9', 10)
    watermark.writerMark(0, '0_0', 'idle')
    expect(watermark.value).toBe(50)
    expect(watermark.save().inputs.repartition?.writers).toEqual({ '0_0': 50 })
  })

  test('an idle writer is left out until its first mark', () => {
    const watermark = new Watermark([repartition('0_0', '0_1')])
    watermark.writerMark(0, '0_0', 50)
    watermark.writerMark(0, '0_1', 'idle')
    expect(watermark.value).toBe(50)
    watermark.writerMark(0, '0_1', 20)
    watermark.writerMark(0, '0_0', 90)
    expect(watermark.value).toBe(50)
    watermark.writerMark(0, '0_1', 70)
    expect(watermark.value).toBe(70)
  })

  test('beside a topic of the user the smaller of both counts', () => {
    const watermark = new Watermark([source(), repartition('0_0')])
    watermark.take(0, 100)
    expect(watermark.value).toBe(-1)
    watermark.writerMark(1, '0_0', 60)
    expect(watermark.value).toBe(60)
    watermark.writerMark(1, '0_0', 150)
    expect(watermark.value).toBe(100)
  })

  test('names its writers', () => {
    const watermark = new Watermark([source(), repartition('0_0', '0_1')])
    expect([watermark.writersOf(0), watermark.writersOf(1)]).toEqual([[], ['0_0', '0_1']])
  })
})

describe('quiet inputs', () => {
  test('the wall clock moves W on, and never back', () => {
    const watermark = new Watermark([source()])
    watermark.take(0, 100)
    watermark.advanceTo(160)
    watermark.advanceTo(120)
    expect(watermark.value).toBe(160)
    watermark.take(0, 130)
    expect(watermark.value).toBe(160)
    watermark.take(0, 200)
    expect(watermark.value).toBe(200)
  })

  test('a task without a record can rest until its first one', () => {
    const watermark = new Watermark([source(0), source(5)])
    expect(watermark.isIdle).toBe(false)
    watermark.becomeIdle()
    expect(watermark.isIdle).toBe(true)
    watermark.head(0, 10)
    watermark.take(0, 10)
    expect(watermark.isIdle).toBe(false)
    expect(watermark.hasTaken).toBe(true)
    expect(watermark.value).toBe(10)
  })

  test('a task is idle when all its writers are', () => {
    const watermark = new Watermark([repartition('0_0', '0_1')])
    watermark.writerMark(0, '0_0', 'idle')
    expect(watermark.isIdle).toBe(false)
    watermark.writerMark(0, '0_1', 'idle')
    expect(watermark.isIdle).toBe(true)
    watermark.writerMark(0, '0_1', 7)
    expect([watermark.isIdle, watermark.value]).toEqual([false, 7])
  })
})

describe('the end of a bounded run', () => {
  test('is infinite, and saved as the last finite W', () => {
    const watermark = new Watermark([source(3)])
    watermark.take(0, 100)
    watermark.advanceTo(infinity)
    expect(watermark.value).toBe(infinity)
    expect(watermark.save().value).toBe(97)
  })

  test('comes when every writer has ended, each saved with its last finite mark', () => {
    const watermark = new Watermark([repartition('0_0', '0_1')])
    watermark.writerMark(0, '0_0', 40)
    watermark.writerMark(0, '0_0', infinity)
    expect(watermark.value).toBe(-1)
    watermark.writerMark(0, '0_1', infinity)
    expect(watermark.value).toBe(infinity)
    expect(watermark.save()).toMatchObject({
      value: -1,
      inputs: { repartition: { writers: { '0_0': 40, '0_1': -1 } } },
    })
  })
})

describe('saving', () => {
  test('goes through JSON and comes back the same', () => {
    const inputs = [source(2, 'left'), source(4, 'right'), repartition('0_0', '0_1')]
    const watermark = new Watermark(inputs)
    watermark.head(0, 50)
    watermark.head(1, null)
    watermark.take(0, 50)
    watermark.writerMark(2, '0_0', 20)
    watermark.writerMark(2, '0_1', 'idle')
    watermark.writerMark(2, '0_0', infinity)
    const saved = watermark.save()
    expect(JSON.parse(JSON.stringify(saved))).toEqual(saved)
    const other = new Watermark(inputs)
    other.restore(saved)
    expect(other.save()).toEqual(saved)
    expect([other.value, other.hasTaken]).toEqual([saved.value, true])
  })

  test('finds its inputs in another order', () => {
    const watermark = new Watermark([source(2, 'left'), repartition('0_0')])
    watermark.take(0, 50)
    watermark.writerMark(1, '0_0', 20)
    const other = new Watermark([repartition('0_0'), source(2, 'left')])
    other.restore(watermark.save())
    other.writerMark(0, '0_0', 40)
    expect(other.value).toBe(40)
  })

  test('a restore goes back, and what was late stays late', () => {
    const watermark = new Watermark([source()])
    watermark.take(0, 50)
    const saved = watermark.save()
    watermark.take(0, 90)
    watermark.restore(saved)
    expect(watermark.value).toBe(50)
    watermark.take(0, 40)
    expect(watermark.value).toBe(50)
  })

  test('an input that came since starts unknown', () => {
    const watermark = new Watermark([source(), repartition('0_0')])
    watermark.restore(new Watermark([source()]).save())
    expect(watermark.save()).toEqual({
      value: -1,
      resting: false,
      inputs: {
        source: { taken: -1, idle: false, writers: null },
        repartition: { taken: -1, idle: false, writers: { '0_0': -1 } },
      },
    })
  })
})
