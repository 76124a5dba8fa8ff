/** What workers promise of parked keys: killed on their way, and while the letters come back. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { randomInteger, seededRandom } from '../../../src/random.ts'
import { committed, type Input, type RuntimeBench } from '../../contracts/runtime-tools.ts'
import { unique, until } from '../../contracts/tools.ts'
import { type ParkingTopology, parkingTopology } from './parking-topology.ts'
import { type Letter, movedLetter, placeOf } from './redriving.ts'

const timeout = 240_000
const partitions = 2
const keys = 12

/** @example parkingContract(bench) */
export function parkingContract(bench: RuntimeBench): void {
  /** `<key>/<number>`, numbered within each key. A record in forty is bad. */
  function orders(count: number, first: number): Input[] {
    const random = seededRandom(count)
    return Array.from({ length: count }, (_, at) => {
      const key = (first + at) % keys
      const number = Math.floor((first + at) / keys)
      const value = `k${key}/${number}${random.next() < 0.025 ? ' bad' : ''}`
      return { key: `k${key}`, value, time: 1_000 + randomInteger(random, 0, 9), partition: key % partitions }
    })
  }

  function startChild({ app }: ParkingTopology, state: 'sick' | 'healed'): ChildProcess {
    const file = fileURLToPath(new URL('parking-child.ts', import.meta.url))
    const child = spawn(process.execPath, [file, app, bench.brokers, state], { stdio: 'inherit' })
    onTestFinished(() => void child.kill('SIGKILL'))
    return child
  }

  /** A worker that is killed once the positions in a topic have come so far. */
  async function killedAt(built: ParkingTopology, state: 'sick' | 'healed', name: string, position: number) {
    const child = startChild(built, state)
    await until(`it has come to ${position} of ${name}`, async () => {
      return (await committed(bench, built.app, name, partitions)) >= position
    })
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }

  async function lettersOf({ queue }: ParkingTopology): Promise<Letter[]> {
    return (await bench.read(queue)).map(({ key, value, timestamp, headers }) => {
      const texts = headers.map((header) => [header.name, String(Buffer.from(header.value ?? []))])
      return { key, value, time: timestamp, headers: Object.fromEntries(texts) }
    })
  }

  /** What a redrive does: the letters of each key in the order of their source. */
  async function redriveAll({ redrive }: ParkingTopology, letters: readonly Letter[], job: string): Promise<void> {
    const producer = bench.kafka.producer()
    const inOrder = letters.toSorted((one, other) => placeOf(one).offset - placeOf(other).offset)
    for (const letter of inOrder)
      await producer.append({ topic: redrive, partition: placeOf(letter).partition }, movedLetter(letter, job))
    await producer.close()
  }

  /** Rows of the index that a fold of its changelog leaves. */
  async function indexOf({ index }: ParkingTopology): Promise<string[]> {
    const rows = new Map<string, boolean>()
    for (const { partition, key, value } of await bench.read(index)) rows.set(`${partition} ${key}`, value !== null)
    return [...rows].filter(([, isThere]) => isThere).map(([name]) => name)
  }

  async function check({ done }: ParkingTopology, all: readonly Input[]): Promise<void> {
    const expected = new Map<string, string[]>()
    for (const { key, value } of all) {
      const own = expected.get(key!) ?? []
      expected.set(key!, [...own, `${value} is ${own.length + 1}`])
    }
    const found = Map.groupBy(await bench.read(done), ({ key }) => String(key))
    for (const [key, values] of expected)
      expect([key, found.get(key)?.map(({ value }) => String(value))]).toEqual([key, values])
  }

  test('keys wait over kills and restarts, and come back in order', { timeout }, async () => {
    const built = parkingTopology(unique('parking'), false)
    const healed = parkingTopology(built.app, true)
    const before = orders(600, 0)
    await bench.create(partitions, built.orders, built.done)
    await bench.produce(built.orders, before)
    for (const part of [150, 350]) await killedAt(built, 'sick', built.orders, part)
    await bench.run(built.built, { deadLetters: { rateLimit: 'off' } })
    const parked = await lettersOf(built)
    expect(parked.length).toBeGreaterThan(100)
    expect(new Set(parked.map(({ value }) => String(value))).size).toBe(parked.length)
    expect(await indexOf(built)).not.toEqual([])

    const after = orders(120, 600).map((order) => ({ ...order, value: String(order.value).replace(' bad', '') }))
    await redriveAll(built, parked.slice(0, 60), 'first')
    await bench.produce(built.orders, after)
    await killedAt(built, 'healed', built.redrive, 30)
    await bench.run(healed.built)
    const rest = await lettersOf(built)
    await redriveAll(built, rest.slice(60), 'second')
    await bench.run(healed.built)
    for (let seen = rest.length, rounds = 0; (await indexOf(built)).length > 0; rounds++) {
      expect(rounds).toBeLessThan(20)
      const letters = await lettersOf(built)
      await redriveAll(built, letters.slice(seen), `round ${rounds}`)
      seen = letters.length
      await bench.run(healed.built)
    }
    await check(built, [...before, ...after])
  })
}
