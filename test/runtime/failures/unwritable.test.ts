/** A queue of dead letters that Kafka does not let anybody write to, while workers run: nothing goes on, and nothing is lost. */
import { expect, test } from 'vitest'
import { deadLetter, from, reject, text, topic, topology } from '../../../src/index.ts'
import { suiteBench } from '../../contracts/suite-bench.ts'
import { unique, until } from '../../contracts/tools.ts'

const bench = suiteBench()

test('the worker stops before the record, and a start names the setting until it is mended', async () => {
  const app = unique('unwritable')
  const [items, out] = ['items', 'out'].map((name) => topic(`${app}.${name}`, { key: text, value: text }))
  const work = (value: string): string => {
    if (value.startsWith('bad')) throw reject('bad')
    return value
  }
  const built = topology(
    app,
    from(items!)
      .map(work, { onFailure: [deadLetter('lost')] })
      .to(out!),
  )
  const name = `${app}.dlq.lost`
  const limit = async (bytes: string): Promise<void> => {
    await bench.kafka.admin.alterConfigs([{ type: 'topic', name, set: { 'max.message.bytes': bytes } }])
  }
  const produce = (...values: string[]): Promise<void> =>
    bench.produce(
      items!.name,
      values.map((value, at) => ({ key: 'k', value, time: 1_000 + at })),
    )
  const seen = async (each: string): Promise<string[]> => (await bench.read(each)).map(({ value }) => String(value))
  await bench.create(1, items!.name, out!.name)
  const worker = bench.start(built)
  await produce('good', 'bad 1')
  await until('it works', async () => (await seen(out!.name)).length === 1)
  await until('the letter is written', async () => (await seen(name)).length === 1)
  await limit('100')
  await produce('good too', 'bad 2', 'good as well')
  await expect(worker.ended).rejects.toMatchObject({ text: { why: expect.stringContaining(name) } })
  expect([await seen(out!.name), await seen(name)]).toEqual([['good'], ['bad 1']])
  await expect(bench.run(built)).rejects.toMatchObject({
    text: { code: 'MR2009', what: expect.stringContaining(name) },
  })
  await limit('2000000')
  expect(await bench.run(built)).toMatchObject({ recordsIn: 3, deadLetters: 1 })
  expect([await seen(out!.name), await seen(name)]).toEqual([
    ['good', 'good too', 'good as well'],
    ['bad 1', 'bad 2'],
  ])
})
