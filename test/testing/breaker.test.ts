/** A breaker in a driven topology: it cools by the driven clock. */
import { describe, expect, test } from 'vitest'
import { type BreakerOptions, breaker, deadLetter, from, text, topic, topology } from '../../src/index.ts'
import { drive, type Flow } from '../../src/testing/drive.ts'

const input = topic('in', { key: text, value: text })
const output = topic('out', { key: text, value: text })

class World {
  isUp = true
  asked: string[] = []
  readonly flow: Flow

  constructor(options: BreakerOptions = {}, split: (value: string) => string[] = (value) => [value]) {
    const onFailure = [breaker('api', options), deadLetter('lost')]
    const answers = from(input, { idle: 'off' })
      .flatMap(split)
      .mapAsync('ask', (value) => this.ask(value), { concurrency: 4, onFailure })
    this.flow = drive(topology('app', answers.to(output)), { now: 0 })
  }

  put(...values: readonly string[]): void {
    for (const value of values) this.flow.put(input, value, { key: value, time: 0 })
  }

  get taken(): string[] {
    return this.flow.take(output).map(({ value }) => value as string)
  }

  get letters(): number {
    return this.flow.deadLetters('lost').length
  }

  private async ask(value: string): Promise<string> {
    this.asked.push(value)
    if (!this.isUp) throw new Error('down')
    return value.toUpperCase()
  }
}

describe('the seed values on the driven clock', () => {
  test('five failures open it, thirty seconds cool it, three successes close it, and nothing is lost', async () => {
    const world = new World()
    world.isUp = false
    world.put('a', 'b', 'c', 'd', 'e', 'f', 'g')
    await world.flow.settle()
    // Four were asked at once and are held, since none of them is suspect by itself; a moment later the fifth fails.
    expect(world.asked).toHaveLength(4)
    world.flow.advance({ milliseconds: 100 })
    await world.flow.settle()
    const opening = world.asked.length
    expect(opening).toBeGreaterThanOrEqual(5)
    expect(opening).toBeLessThanOrEqual(5 + 3)
    world.flow.advance({ seconds: 29, milliseconds: 999 })
    await world.flow.settle()
    expect(world.asked).toHaveLength(opening)
    world.flow.advance({ milliseconds: 1 })
    await world.flow.settle()
    expect(world.asked).toHaveLength(opening + 1)
    world.isUp = true
    world.flow.advance({ seconds: 29 })
    await world.flow.settle()
    expect(world.asked).toHaveLength(opening + 1)
    world.flow.advance({ seconds: 1 })
    await world.flow.settle()
    expect(world.taken).toEqual(['A', 'B', 'C', 'D', 'E', 'F', 'G'])
    expect(world.letters).toBe(0)
  })

  test('a record that makes several calls gets its probes one after another', async () => {
    const world = new World({ opensAfter: 1 }, (value) => [...value])
    world.isUp = false
    world.put('abc', 'de')
    await world.flow.settle()
    world.isUp = true
    const before = world.asked.length
    world.flow.advance({ seconds: 30 })
    await world.flow.settle()
    expect(world.taken.toSorted()).toEqual(['A', 'B', 'C', 'D', 'E'])
    expect(world.asked.length - before).toBe(5)
    expect(world.letters).toBe(0)
  })

  test('`fail` gives what comes meanwhile to the next policy', async () => {
    const world = new World({ opensAfter: 1, whileOpen: 'fail' })
    world.isUp = false
    world.put('a')
    await world.flow.settle()
    world.put('b', 'c')
    await world.flow.settle()
    expect(world.asked).toEqual(['a'])
    expect(world.letters).toBe(3)
  })

  test('a bounded run waits until it has cooled', async () => {
    const world = new World({ opensAfter: 1 })
    world.isUp = false
    world.put('a', 'b')
    await world.flow.settle()
    world.isUp = true
    world.flow.end()
    await world.flow.settle()
    expect(world.taken).toEqual(['A', 'B'])
  })
})
