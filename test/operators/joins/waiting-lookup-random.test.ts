/** As-of joins with grace over random records, with restarts and joiners that fail, against the rules of 3.6. */
import { expect, test } from 'vitest'
import { from, skip, text, topology, versionedTable } from '../../../src/index.ts'
import { randomInteger, seededRandom } from '../../../src/random.ts'
import { drive } from '../../../src/testing/drive.ts'
import { left, output, pair, put, type Step, said } from './script.ts'

const history = 40

/** Rows by the time from which they are valid, of versions that were not refused. */
class History {
  private readonly versions: Step[] = []
  private time = -1

  put(step: Step): void {
    this.time = Math.max(this.time, step.time)
    if (step.time >= this.time - history) this.versions.push(step)
  }

  moved(time: number): void {
    this.time = Math.max(this.time, time)
  }

  asOf(key: string, time: number): string | undefined {
    const valid = this.versions.filter((version) => version.key === key && version.time <= time)
    valid.sort((one, other) => one.time - other.time)
    return valid.at(-1)?.value ?? undefined
  }
}

test.each(Array.from({ length: 120 }, (_, seed) => seed))('seed %i', (seed) => {
  const random = seededRandom(seed)
  const grace = randomInteger(random, 0, 12)
  const isInner = randomInteger(random, 0, 1) === 0
  const versions = versionedTable('right', { value: text, history: { milliseconds: history } })
  const joiner = (value: string, row: string | undefined): string => {
    if (row !== undefined && (Number(value) + Number(row)) % 7 === 0) throw new Error('no pair')
    return pair(value, row)
  }
  const options = { name: 'waiting', grace: { milliseconds: grace }, onFailure: [skip()] }
  const [records, rows] = [from(left), from(versions)]
  const joined = isInner ? records.join(rows, joiner, options) : records.leftJoin(rows, joiner, options)
  const flow = drive(topology('app', joined.to(output)), { now: 0 })
  const known = new History()
  let time = -1
  let waiting: Step[] = []
  const release = (from: readonly Step[]): string[] =>
    from.flatMap(({ key, value, time: at }) => {
      const row = known.asOf(key, at)
      if (row === undefined && isInner) return []
      try {
        return [`${key}=${joiner(value!, row)}@${at}`]
      } catch {
        return []
      }
    })
  const released = (upTo: number): string[] => {
    const due = waiting.filter((step) => step.time <= upTo).sort((one, other) => one.time - other.time)
    waiting = waiting.filter((step) => step.time > upTo)
    return release(due)
  }
  const count = randomInteger(random, 5, 40)
  for (let index = 0; index < count; index++) {
    const side = randomInteger(random, 0, 1) === 0 ? 'L' : 'R'
    const value = side === 'R' && randomInteger(random, 0, 4) === 0 ? null : String(index)
    const at = Math.max(0, time + randomInteger(random, -history / 2, 8))
    const step: Step = { side, key: 'ab'.charAt(randomInteger(random, 0, 1)), value, time: at }
    put(flow, step)
    if (randomInteger(random, 0, 3) === 0) flow.restart()
    time = Math.max(time, at)
    const expected: string[] = []
    if (side === 'R') known.put(step)
    else if (at <= time - grace && at < time) expected.push(...release([step]))
    else waiting.push(step)
    known.moved(time)
    expected.push(...released(time - grace))
    if (randomInteger(random, 0, 12) === 0) {
      flow.end()
      expected.push(...released(Number.POSITIVE_INFINITY))
    }
    expect([index, ...said(flow)]).toEqual([index, ...expected])
  }
  flow.end()
  expect(said(flow)).toEqual(released(Number.POSITIVE_INFINITY))
})
