/** Workers in front of a neighbour that comes and goes: one failure opens the breaker, and they come forward all the same. */
import { expect, test } from 'vitest'
import { breaker, deadLetter, from, text, topic, topology } from '../../../src/index.ts'
import { suiteBench } from '../../contracts/suite-bench.ts'
import { unique } from '../../contracts/tools.ts'

const bench = suiteBench()
const count = 120
const partitions = 2

test('every call is answered once, every record is there, and none is given up', { timeout: 120_000 }, async () => {
  const app = unique('flapping')
  const named = (name: string) => topic(`${app}.${name}`, { key: text, value: text })
  const [items, copies, answers] = [named('items'), named('copies'), named('answers')]
  await bench.create(partitions, items.name, copies.name, answers.name)
  const values = Array.from({ length: count }, (_, at) => `${at}`)
  await bench.produce(
    items.name,
    values.map((value, at) => ({ key: 'abcde'[at % 5]!, value, time: 1_000 + at, partition: (at % 5) % partitions })),
  )
  const answered: string[] = []
  let calls = 0
  const ask = async (value: string): Promise<string> => {
    await new Promise((resolve) => setImmediate(resolve))
    if (++calls % 9 === 0) throw new Error('down')
    answered.push(value)
    return `answer ${value}`
  }
  const touchy = breaker('api', { opensAfter: 1, coolsFor: { milliseconds: 10 }, closesAfter: 1 })
  const source = from(items)
  const asked = source.mapAsync('ask', ask, { concurrency: 8, onFailure: [touchy, deadLetter('lost')] })
  const summary = await bench.run(topology(app, source.to(copies), asked.to(answers)))
  expect([summary.deadLetters, answered.length, new Set(answered).size]).toEqual([0, count, count])
  const told = await bench.read(answers.name)
  for (const key of 'abcde') {
    const ofKey = told.filter((each) => each.key!.toString() === key).map(({ value }) => value!.toString())
    expect(ofKey).toEqual(values.filter((_, at) => 'abcde'[at % 5] === key).map((value) => `answer ${value}`))
  }
  expect(await bench.read(copies.name)).toHaveLength(count)
})
