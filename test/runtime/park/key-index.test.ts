/** The index over rows of any kind: what runs, what waits, and when a key comes free. */
import { describe, expect, test } from 'vitest'
import { randomInteger, seededRandom } from '../../../src/random.ts'
import { KeyIndex, type ParkRows } from '../../../src/runtime/park/key-index.ts'
import { nameOfKey, type ParkRow, type Place } from '../../../src/runtime/park/rows.ts'

class Rows implements ParkRows {
  readonly map = new Map<string, ParkRow>()
  get size(): number {
    return this.map.size
  }
  get(name: string) {
    const value = this.map.get(name)
    return value === undefined ? undefined : { value }
  }
  put(name: string, value: ParkRow): void {
    this.map.set(name, value)
  }
  delete(name: string): void {
    this.map.delete(name)
  }
}

const key = Buffer.from('k')
const at = (offset: number, topic = 'in'): Place => ({ topic, partition: 0, offset })

describe('the index of parked keys', () => {
  test('is empty before and after', () => {
    const rows = new Rows()
    const index = new KeyIndex(rows)
    expect(index.arriving(key, at(0), true).action).toBe('run')
    expect(index.failed(key, at(0)).action).toBe('park')
    index.park(key, 'q', at(0), 17)
    expect(index.find(key)).toEqual({ queue: 'q', first: at(0), since: 17, count: 1, turns: { in: [0, 1] } })
    expect(index.keys).toBe(1)
    expect(index.leave(key, index.find(key)!, at(0), 18)).toBe(true)
    expect(rows.map.size).toBe(0)
  })

  test('asks its store once while nothing is parked', () => {
    const rows = new Rows()
    const index = new KeyIndex(rows)
    let asked = 0
    const size = (): number => {
      asked++
      return rows.map.size
    }
    Object.defineProperty(rows, 'size', { get: size })
    for (let offset = 0; offset < 10; offset++) expect(index.arriving(key, at(offset), false).action).toBe('run')
    expect(asked).toBe(1)
    index.park(key, 'q', at(10), 0)
    expect(index.arriving(key, at(11), false).action).toBe('behind')
    const saved = new Map(rows.map)
    index.leave(key, index.find(key)!, at(10), 0)
    expect(index.arriving(key, at(11), false).action).toBe('run')
    for (const [name, row] of saved) rows.put(name, row)
    index.rewound()
    expect(index.arriving(key, at(11), false).action).toBe('behind')
  })

  test('lets the oldest letter run, and what is no letter wait', () => {
    const index = new KeyIndex(new Rows())
    index.park(key, 'q', at(3), 0)
    for (const offset of [4, 6]) {
      const { action, row } = index.arriving(key, at(offset), true)
      expect(action).toBe('behind')
      index.queueUp(key, row!, at(offset), 1)
    }
    expect(index.arriving(key, at(4), true).action).toBe('back')
    expect(index.arriving(key, at(3), true).action).toBe('run')
    expect(index.arriving(key, at(3), false).action).toBe('back')
    expect(index.failed(key, at(3)).action).toBe('back')
    expect(index.leave(key, index.find(key)!, at(3), 2)).toBe(false)
    expect(index.arriving(key, at(4), true).action).toBe('run')
    expect(index.arriving(key, at(6), true).action).toBe('back')
    expect(index.arriving(key, at(3), true).action).toBe('behind')
    expect(index.arriving(Buffer.from('other'), at(7), true).action).toBe('run')
  })

  test('counts the turns of each source by themselves', () => {
    const index = new KeyIndex(new Rows())
    index.park(key, 'q', at(3), 0)
    index.queueUp(key, index.find(key)!, at(0, 'other'), 1)
    index.queueUp(key, index.find(key)!, at(4), 1)
    expect(index.arriving(key, at(0, 'other'), true).action).toBe('run')
    expect(index.arriving(key, at(4), true).action).toBe('back')
    expect(index.find(key)).toMatchObject({ count: 3, turns: { in: [0, 2], other: [0, 1] } })
  })

  test('has one row of every key, whatever its bytes', () => {
    const keys = ['', 'a', 'text:a', 'ÿ', '\0'].map((name) => Buffer.from(name))
    const strange = [Buffer.from([0xff]), Buffer.from([0xff, 0]), Buffer.alloc(513, 'a'), Buffer.alloc(514, 'a')]
    const names = [...keys, ...strange].map((each) => nameOfKey(each))
    expect(new Set(names).size).toBe(names.length)
    expect(Math.max(...names.map((name) => name.length))).toBeLessThan(1_100)
    expect(nameOfKey(Buffer.from('order-7'))).toBe('text:order-7')
  })

  test.each(Array.from({ length: 40 }, (_, seed) => seed))('agrees with a list of waiting records, seed %i', (seed) => {
    const random = seededRandom(seed)
    const rows = new Rows()
    const index = new KeyIndex(rows)
    const waiting = new Map<string, number[]>()
    for (let offset = 0; offset < 200; offset++) {
      const name = 'abc'.charAt(randomInteger(random, 0, 2))
      const own = Buffer.from(name)
      const letters = waiting.get(name) ?? []
      const { action, row } = index.arriving(own, at(offset), false)
      expect(action).toBe(letters.length > 0 ? 'behind' : 'run')
      if (row !== null) index.queueUp(own, row, at(offset), 0)
      else if (random.next() < 0.3) index.park(own, 'q', at(offset), 0)
      if (index.find(own) !== null) waiting.set(name, [...letters, offset])
      redrive(index, waiting, random.next())
      withdraw(index, waiting, random.next())
      expect(index.keys).toBe([...waiting.values()].filter(({ length }) => length > 0).length)
      expect(rows.map.size === 0).toBe(index.keys === 0)
    }
  })
})

/** Any letter may be withdrawn, whatever its turn. */
function withdraw(index: KeyIndex, waiting: Map<string, number[]>, chance: number): void {
  for (const [name, letters] of waiting) {
    const place = letters[Math.floor(chance * 6 * letters.length)]
    if (place === undefined) continue
    const own = Buffer.from(name)
    expect(index.leave(own, index.find(own)!, at(place), 0)).toBe(letters.length === 1)
    waiting.set(
      name,
      letters.filter((each) => each !== place),
    )
  }
}

/** Any letter may come back: only the oldest of its key runs. */
function redrive(index: KeyIndex, waiting: Map<string, number[]>, chance: number): void {
  for (const [name, letters] of waiting) {
    const place = letters[Math.floor(chance * 1.5 * letters.length)]
    if (place === undefined) continue
    const { action, row } = index.arriving(Buffer.from(name), at(place), true)
    expect(action).toBe(place === letters[0] ? 'run' : 'back')
    if (action !== 'run') continue
    expect(index.leave(Buffer.from(name), row!, at(place), 0)).toBe(letters.length === 1)
    waiting.set(name, letters.slice(1))
  }
}
