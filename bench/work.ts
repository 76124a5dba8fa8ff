/** The works that can be measured: a topology each, and how to tell that its result is right. */
import { fileURLToPath } from 'node:url'
import type { Kafka } from '../scripts/tools/client.ts'
import { committedBatches, committedRecords } from '../scripts/tools/committed.ts'
import { compile, type Topology } from '../src/index.ts'
import { type AuctionCount, count, counts, windowSeconds } from './works/count.ts'
import { converted, map } from './works/map.ts'

/** What the input was, by the one who wrote it. */
export interface Input {
  readonly records: number
  /** Bids by `countName`. */
  readonly counts: ReadonlyMap<string, number>
}

export interface Work {
  readonly file: string
  readonly topology: Topology
  readonly output: string
  /** Reads the output as a read_committed reader. @throws Error when it is not what the input demands */
  check(kafka: Kafka, input: Input): Promise<void>
}

/** Every work by its name on the command line. */
export const works = {
  map: { file: fileOf('map'), topology: map, output: converted.name, check: checkMap },
  count: { file: fileOf('count'), topology: count, output: counts.name, check: checkCount },
} as const satisfies Record<string, Work>

export type WorkName = keyof typeof works

export function isWorkName(name: string): name is WorkName {
  return Object.hasOwn(works, name)
}

/** The internal topics a work makes, to be deleted before it runs. */
export function internalTopics({ topology }: Work): string[] {
  return compile(topology).internal.map((internal) => internal.name)
}

/** The window of a bid, as text. */
export function countName(auction: number | string, time: number): string {
  const size = windowSeconds * 1000
  return `${auction} ${Math.floor(time / size) * size}`
}

function fileOf(name: string): string {
  return fileURLToPath(new URL(`./works/${name}.ts`, import.meta.url))
}

async function checkMap(kafka: Kafka, input: Input): Promise<void> {
  let records = 0
  for await (const batch of committedBatches(kafka, converted.name)) records += batch.recordCount
  expectEqual('mapped bids', records, input.records)
}

/** Row by row: each window of each auction once, with the count of the bids that were written. */
async function checkCount(kafka: Kafka, input: Input): Promise<void> {
  const left = new Map(input.counts)
  let total = 0
  for await (const { value } of committedRecords(kafka, counts.name)) {
    const row = JSON.parse(String(value)) as AuctionCount
    const name = countName(row.auction, row.start)
    expectEqual(`bids of auction and window ${name}`, row.bids, left.get(name) ?? 0)
    left.delete(name)
    total += row.bids
  }
  expectEqual('windows without a row', left.size, 0)
  expectEqual('counted bids', total, input.records)
}

function expectEqual(what: string, found: number, expected: number): void {
  if (found !== expected) throw new Error(`The result is wrong: ${what}: ${found} instead of ${expected}`)
}
