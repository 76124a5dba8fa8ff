/**
 * Requests and answers on their way at the same time, delivered in any order that Kafka allows: between two tasks in the
 * order they were sent, between others anyhow. Whatever the order, what is out in the end is the join of the rows.
 */
import { expect, test } from 'vitest'
import { compile, from, skip, topology } from '../../../src/index.ts'
import { type Random, randomInteger, seededRandom } from '../../../src/random.ts'
import { drive } from '../../../src/testing/drive.ts'
import { type Bench, bench } from '../bench.ts'
import { leftTable, output, put, rightTable, type Step, said } from './script.ts'

type Kind = 'inner' | 'left'

const foreignKey = (value: string): string | null => value.split('|')[1] ?? null
const both = (value: string, row: string | undefined): string => `${value}+${row ?? '-'}`

function topologyOf(kind: Kind) {
  const [one, other] = [from(leftTable, { order: 'arrival' }), from(rightTable, { order: 'arrival' })]
  const options = { onFailure: [skip()] }
  const result =
    kind === 'inner'
      ? one.foreignKeyJoin('by-fk', other, foreignKey, both, options)
      : one.leftForeignKeyJoin('by-fk', other, foreignKey, both, options)
  return topology('app', result.to(output))
}

function planOf(random: Random): { readonly kind: Kind; readonly steps: readonly Step[] } {
  const kind = randomInteger(random, 0, 1) === 0 ? 'inner' : 'left'
  const steps = Array.from({ length: randomInteger(random, 5, 50) }, (_, index): Step => {
    const side = randomInteger(random, 0, 2) === 0 ? 'R' : 'L'
    const isNull = randomInteger(random, 0, 4) === 0
    const key = side === 'L' ? `k${randomInteger(random, 0, 2)}` : `r${randomInteger(random, 0, 3)}`
    const named = kind === 'left' && randomInteger(random, 0, 5) === 0 ? '' : `|r${randomInteger(random, 0, 3)}`
    // A right value begins with its key, so that a wrong pair shows.
    const value = side === 'L' ? `${index}${named}` : `${key}:${index}`
    return { side, key, value: isNull ? null : value, time: index }
  })
  return { kind, steps }
}

/** What is out once all is told, by key. */
function expectedOf(kind: Kind, steps: readonly Step[]): Map<string, string> {
  const rows = { L: new Map<string, string | null>(), R: new Map<string, string | null>() }
  for (const { side, key, value } of steps) rows[side].set(key, value)
  const results = new Map<string, string>()
  for (const [key, value] of rows.L) {
    if (value === null) continue
    const right = rows.R.get(foreignKey(value) ?? '') ?? undefined
    if (right !== undefined || kind === 'left') results.set(key, both(value, right))
  }
  return results
}

function isRightPair(result: string): boolean {
  const [, named, row] = /^\d+(?:\|(\w+))?\+(.*)$/.exec(result)!
  return row === '-' || row!.split(':')[0] === named
}

/** One task of the left half, two of the right one, and what is on its way between them. */
class World {
  readonly results = new Map<string, string>()
  private readonly left: Bench
  private readonly rights: readonly Bench[]
  private readonly queues: { readonly to: Bench; readonly source: number; readonly waiting: unknown[][] }[]
  private readonly sources: Record<'left' | 'right' | 'requests' | 'answers', number>
  private readonly random: Random

  constructor(kind: Kind, random: Random) {
    const made = topologyOf(kind)
    this.random = random
    this.left = bench(made, { subTopology: 0 })
    this.rights = [bench(made, { subTopology: 1 }), bench(made, { subTopology: 1 })]
    const topics = compile(made).subTopologies.map((each) => each.sources.map(({ topic }) => topic))
    this.sources = {
      left: topics[0]!.indexOf('left'),
      answers: topics[0]!.indexOf('app.by-fk.answers.repartition'),
      right: topics[1]!.indexOf('right'),
      requests: topics[1]!.indexOf('app.by-fk.requests.repartition'),
    }
    const ways = [
      ...this.rights.map((to) => ({ to, source: this.sources.requests })),
      ...this.rights.map(() => ({ to: this.left, source: this.sources.answers })),
    ]
    this.queues = ways.map((way) => ({ ...way, waiting: [] }))
  }

  take({ side, key, value, time }: Step): void {
    if (side === 'L') this.run(this.left, this.sources.left, [key, value, time])
    else this.run(this.rights[this.partitionOf(key)]!, this.sources.right, [key, value, time])
  }

  /** Some of what is on its way arrives; all of it when `all`. */
  deliver(all: boolean): void {
    for (;;) {
      const waiting = this.queues.filter((queue) => queue.waiting.length > 0)
      if (waiting.length === 0 || (!all && randomInteger(this.random, 0, 2) === 0)) return
      const { to, source, waiting: messages } = waiting[randomInteger(this.random, 0, waiting.length - 1)]!
      this.run(to, source, messages.shift()!)
    }
  }

  private run(task: Bench, source: number, [key, value, time]: readonly unknown[]): void {
    task.task.receive(source, key, value, time as number)
    task.undo.forget()
    for (const emitted of task.emitted.splice(0)) {
      const message = [emitted.key, emitted.value, emitted.time]
      if (emitted.topic.includes('requests')) this.queues[this.partitionOf(emitted.key)]!.waiting.push(message)
      else if (emitted.topic.includes('answers')) this.queues[2 + this.rights.indexOf(task)]!.waiting.push(message)
      else this.note(String(emitted.key), emitted.value as string | null)
    }
  }

  private note(key: string, value: string | null): void {
    expect(value === null || isRightPair(value)).toBe(true)
    expect(value !== null || this.results.has(key)).toBe(true)
    if (value === null) this.results.delete(key)
    else this.results.set(key, value)
  }

  private partitionOf(key: unknown): number {
    return key === null ? 0 : Number(String(key).slice(1)) % 2
  }
}

test.each(Array.from({ length: 200 }, (_, seed) => seed))('in any order, seed %i', (seed) => {
  const random = seededRandom(seed)
  const { kind, steps } = planOf(random)
  const world = new World(kind, random)
  for (const step of steps) {
    world.take(step)
    world.deliver(false)
  }
  world.deliver(true)
  expect(world.results).toEqual(expectedOf(kind, steps))
})

test.each(Array.from({ length: 60 }, (_, seed) => seed))('over several partitions, with restarts, seed %i', (seed) => {
  const random = seededRandom(seed + 1000)
  const { kind, steps } = planOf(random)
  const flow = drive(topologyOf(kind), { now: 0, partitions: 3 })
  const results = new Map<string, string>()
  for (const [index, step] of steps.entries()) {
    put(flow, step)
    if (randomInteger(random, 0, 3) === 0) flow.restart()
    for (const line of said(flow)) {
      const [, key, value] = /^(\w+)=(.*)@\d+$/.exec(line)!
      if (value === '∅') results.delete(key!)
      else results.set(key!, value!)
    }
    expect([index, results]).toEqual([index, expectedOf(kind, steps.slice(0, index + 1))])
  }
})
