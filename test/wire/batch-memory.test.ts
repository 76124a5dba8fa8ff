import { expect, test } from 'vitest'
import { giveMemoryBack, takeMemory } from '../../src/wire/batch/batch-memory.ts'
import { BatchBuilder, readBatches } from '../../src/wire/batch.ts'

test('what is given back is given again, once', () => {
  const memory = takeMemory(300_000)
  expect(memory.length).toBe(327_680)
  giveMemoryBack(memory.subarray(10, 20))
  giveMemoryBack(memory)
  const again = takeMemory(300_000)
  expect(again.buffer).toBe(memory.buffer)
  expect(takeMemory(300_000).buffer).not.toBe(memory.buffer)
})

test('what came from elsewhere, or is small, is left alone', () => {
  const foreign = Buffer.allocUnsafeSlow(327_680)
  giveMemoryBack(foreign)
  expect(takeMemory(327_680).buffer).not.toBe(foreign.buffer)
  const small = takeMemory(1_000)
  giveMemoryBack(small)
  expect([small.length, takeMemory(1_000).buffer === small.buffer]).toEqual([1_000, false])
})

test('what was handed to another thread meanwhile is gone', () => {
  const memory = takeMemory(300_000)
  const { buffer } = memory
  if (buffer instanceof ArrayBuffer) buffer.transfer(0)
  giveMemoryBack(memory)
  expect(takeMemory(300_000).length).toBe(327_680)
})

test('no more than 32 MiB wait for use', () => {
  const all = Array.from({ length: 5 }, () => takeMemory(8_388_608))
  for (const each of all) giveMemoryBack(each)
  const again = Array.from({ length: 5 }, () => takeMemory(8_388_608))
  expect(again.filter(({ buffer }) => all.some((each) => each.buffer === buffer))).toHaveLength(4)
})

test('a batch that was built keeps its bytes until it is given back itself', () => {
  const builder = new BatchBuilder(100_000)
  builder.append(1, 'first', 'x'.repeat(90_000))
  const first = builder.build({})
  const copy = Buffer.from(first)
  for (const letter of 'abc') {
    builder.append(1, 'next', letter.repeat(200_000))
    giveMemoryBack(builder.build({}))
  }
  expect(first.equals(copy)).toBe(true)
  giveMemoryBack(first)
  builder.append(2, 'last', 'y'.repeat(90_000))
  expect(readBatches(builder.build({}))[0]!.isCrcValid()).toBe(true)
})
