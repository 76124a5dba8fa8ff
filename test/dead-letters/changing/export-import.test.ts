/** What is exported and imported is the same, byte by byte, whatever it is. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedBroker, startBroker } from '../../../src/broker/index.ts'
import { linesOf } from '../../../src/cli/dlq/import.ts'
import { safeJson } from '../../../src/cli/print/safe-json.ts'
import { importLetters } from '../../../src/dead-letters/changing/import.ts'
import { lineOf } from '../../../src/dead-letters/reading/ndjson.ts'
import { readLetters } from '../../../src/dead-letters/reading/read.ts'
import type { Kafka } from '../../../src/kafka/port.ts'
import { unique } from '../../contracts/tools.ts'
import { clientOf } from '../moving/moves-world.ts'
import { makeQueue, write } from '../world.ts'

let broker: EmbeddedBroker
let kafka: Kafka

beforeAll(async () => {
  broker = await startBroker()
  kafka = await clientOf(broker.address)
})
afterAll(async () => {
  await kafka.close()
  await broker.close()
})

const bytes = fc.option(fc.uint8Array({ maxLength: 40 }).map((each) => Buffer.from(each)))
const name = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('a\u2028b', '\u0085', '__proto__', '\u009b2J', '"\\\n\r'),
)
const records = fc.array(
  fc.record({
    key: bytes.map((each) => each as unknown as string | null),
    value: bytes,
    headers: fc.array(fc.record({ name, value: bytes }), { maxLength: 4 }),
    // Before 1970 too: other tools keep the record's own time.
    time: fc.integer({ min: -86_400_000, max: Date.UTC(2026, 0) }),
  }),
  { minLength: 1, maxLength: 12 },
)

async function linesIn(queue: string): Promise<string[]> {
  const lines: string[] = []
  for await (const letter of readLetters(kafka, { queue, all: true })) lines.push(safeJson(lineOf(letter)))
  return lines
}

async function* inPieces(text: string, size: number): AsyncGenerator<Buffer> {
  const all = Buffer.from(text)
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size)
}

test('letters come back as they were, through a file', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(records, fc.integer({ min: 1, max: 50 }), async (given, size) => {
      const app = unique('app')
      const [one, other] = [`${app}.dlq.one`, `${app}.dlq.other`]
      for (const queue of [one, other]) await makeQueue(kafka, queue, 1)
      await write(kafka, one, 0, given)
      const lines = await linesIn(one)
      expect(lines).toHaveLength(given.length)
      const file = inPieces(`\ufeff${lines.join('\r\n')}\r\n\r\n`, size)
      expect(await importLetters(kafka, { queue: other, lines: linesOf(file) })).toMatchObject({
        letters: given.length,
      })
      const essence = (line: string): object => ({ ...(JSON.parse(line) as object), topic: '', offset: '' })
      expect((await linesIn(other)).map(essence)).toEqual(lines.map(essence))
    }),
    { numRuns: 40 },
  )
})
