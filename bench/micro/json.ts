/**
 * What a bid costs as JSON: parsed and validated as a whole, or read from its bytes as far as the schema declares it.
 *
 *     node --expose-gc --min-semi-space-size=256 --max-semi-space-size=256 bench/micro/json.ts [--records N] [--rounds N]
 *
 * All sides run in one process in turn: on a busy machine only their ratio means anything.
 */

import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { seededRandom } from '../../scripts/tools/world.ts'
import { type Measured, measureInTurn } from './turns.ts'

/** The sources as they are, not as they were built last. */
const entry = pathToFileURL(`${import.meta.dirname}/../../src/index.ts`).href
const { json } = (await import(entry)) as typeof import('../../src/index.ts')
type Decoder = { readonly decode: (bytes: Buffer, start: number, end: number) => unknown }

const { values } = parseArgs({
  options: { records: { type: 'string', default: '50000' }, rounds: { type: 'string', default: '15' } },
})
const records = Number(values.records)

const whole = {
  auction: z.number(),
  bidder: z.number(),
  price: z.number(),
  channel: z.string(),
  url: z.string(),
  dateTime: z.number(),
  extra: z.string(),
}
const schemas = {
  'two fields': z.object({ auction: whole.auction, dateTime: whole.dateTime }),
  'five fields': z.object({
    auction: whole.auction,
    bidder: whole.bidder,
    price: whole.price,
    dateTime: whole.dateTime,
    extra: whole.extra,
  }),
  'all fields': z.object(whole),
}

const letters = 'abcdefghijklmnopqrstuvwxyz'
const random = seededRandom(7)
const draw = (below: number): number => Math.floor(random.next() * below)
const word = (length: number): string => Array.from({ length }, () => letters[draw(letters.length)]).join('')

/** As Nexmark has them: numbers, a channel, a long address and padding. */
const bids = Array.from({ length: records }, (_, number) => ({
  auction: 1000 + draw(100_000),
  bidder: 1000 + draw(10_000),
  price: Math.round(100 * 10 ** (6 * random.next())),
  channel: draw(2) === 0 ? 'Google' : `channel-${draw(10_000)}`,
  url: `https://www.nexmark.com/${word(5)}/${word(5)}/${word(5)}/item.htm?query=1`,
  dateTime: 1_767_225_600_000 + number,
  extra: word(draw(40)),
}))
const texts = bids.map((bid) => JSON.stringify(bid))
/** One after the other in one buffer, as in a fetched batch. */
const batch = Buffer.from(texts.join(''))
const starts = texts
  .map((_, index) => index)
  .reduce<number[]>((all, index) => {
    all.push(index === 0 ? 0 : all[index - 1]! + texts[index - 1]!.length)
    return all
  }, [])

let kept: unknown
function decodeAll(serde: Decoder): () => void {
  return () => {
    for (let index = 0; index < records; index++) {
      const start = starts[index]!
      kept = serde.decode(batch, start, start + texts[index]!.length)
    }
  }
}

const output = Buffer.alloc(65_536)
const strictOutput = json<object>(undefined, { mode: 'strict' })
const compiledOutput = json<object>()
/** As records go out: a text that is then copied into the batch, or written there at once. */
function encodeAll(rows: readonly object[]): (() => void)[] {
  return [
    () => {
      for (const row of rows) kept = output.write(strictOutput.encode(row) as string, 0)
    },
    () => {
      for (const row of rows) kept = compiledOutput.write!(row, output, 0)
    },
  ]
}

console.log('a bid: nanoseconds in the fastest round, bytes allocated; the ratio is the median of the rounds')
const turns = { rounds: Number(values.rounds), records }
for (const [name, schema] of Object.entries(schemas)) {
  const sides = [json(schema, { mode: 'strict' }), json(), json(schema)].map((serde) => decodeAll(serde))
  report(`decode ${name}`, ['strict', 'no schema', 'compiled'], await measureInTurn(sides, turns))
}
const outputs = {
  'a bid': bids,
  'a price × 0.908': bids.map(({ auction, bidder, price, extra }) => ({
    auction,
    bidder,
    price: price * 0.908,
    extra,
  })),
  'a count': bids.map(({ auction, bidder, dateTime }) => ({ auction, bids: bidder, start: dateTime })),
}
for (const [name, rows] of Object.entries(outputs)) {
  report(`encode ${name}`, ['strict', 'compiled'], await measureInTurn(encodeAll(rows), turns))
}
if (kept === undefined) throw new Error('Nothing was worked')

function report(name: string, sides: readonly string[], measured: readonly Measured[]): void {
  const cells = measured.map(
    ({ nanoseconds, bytes, ratio }, index) =>
      `${sides[index]} ${nanoseconds.toFixed(0)} ns ${bytes.toFixed(0)} B ${ratio.toFixed(2)} ×`,
  )
  console.log(`${name.padEnd(24)} ${cells.join('   ')}`)
}
