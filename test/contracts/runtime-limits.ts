import { describe, expect, it } from 'vitest'
import { from, json, stop, table, text, topic, topology, tumbling } from '../../src/index.ts'
import { committed, type RuntimeBench } from './runtime-tools.ts'
import { unique, until } from './tools.ts'

export function limitContract(bench: RuntimeBench): void {
  describe('at the limits', () => {
    it('one commit carries more rows and one closing window more results than a batch may hold', async () => {
      const app = unique('wide')
      const items = topic(`${app}.items`, { key: text, value: text })
      const out = topic(`${app}.out`, { key: text, value: text })
      const built = topology(
        app,
        from(items)
          .window(tumbling({ minutes: 1 }))
          .aggregate('latest', { as: text, start: '', add: (_sum, item) => item })
          .to(out),
      )
      await bench.create(1, items.name, out.name)
      const value = 'x'.repeat(1_000)
      const inputs = Array.from({ length: 2_500 }, (_, index) => ({ key: `k${index}`, value, time: 60_000 }))
      for (let at = 0; at < inputs.length; at += 500) await bench.produce(items.name, inputs.slice(at, at + 500))
      const worker = bench.start(built)
      await until('all are committed', async () => (await committed(bench, app, items.name, 1)) === inputs.length)
      await worker.stop()
      await bench.run(built)
      expect((await bench.read(out.name)).map(({ key }) => key!.toString()).sort()).toEqual(
        inputs.map(({ key }) => key).sort(),
      )
    })

    it('a row whose step says stop() leaves its window open, also when another task ends in the same transaction', async () => {
      const { app, orders, out, built } = firstOfMinute(true)
      await bench.create(2, orders, out)
      await bench.produce(orders, [
        { key: 'good', value: '{"id":1}', time: 1_000, partition: 0 },
        { key: 'bad', value: '{"id":2}', time: 1_000, partition: 1 },
      ])
      await expect(bench.run(built)).rejects.toMatchObject({ text: { code: 'MR4102' } })
      await bench.run(firstOfMinute(false, app).built)
      const keys = (await bench.read(out)).map(({ key }) => key!.toString())
      expect(keys.sort()).toEqual(['bad', 'good'])
    })

    it('time goes on without records, and every decision to let it is kept', async () => {
      const app = unique('quiet')
      const items = topic(`${app}.items`, { key: text, value: text })
      const out = topic(`${app}.out`, { key: text, value: json<number>() })
      const windows = from(items, { idle: { after: { milliseconds: 50 } } }).window(tumbling({ milliseconds: 500 }))
      const built = topology(app, windows.count('per-window').to(out))
      await bench.create(1, items.name, out.name)
      const worker = bench.start(built)
      for (const [index, key] of ['first', 'second'].entries()) {
        await bench.produce(items.name, [{ key, value: 'x', time: 60_000 * (index + 1) }])
        await until(`the ${key} window closes`, async () => (await bench.read(out.name)).length === index + 1)
      }
      await worker.stop()
      const task = `${items.name}-0`
      const kept = new Set((await bench.read(`${app}.progress`)).map(({ key }) => key!.toString()))
      expect([...kept].sort()).toEqual(['#topology', task, `${task}#0`, `${task}#1`])
    })

    it('a row of a table that could not be read is not in the way of a restart', async () => {
      const app = unique('poison')
      const names = table(`${app}.names`, { key: text, value: json<{ name: string }>() })
      const out = topic(`${app}.out`, { key: text, value: text })
      const built = topology(
        app,
        from(names)
          .toStream()
          .map((row) => row?.name ?? '')
          .to(out),
      )
      await bench.create(1, names.name, out.name)
      await bench.produce(names.name, [
        { key: 'a', value: '{"name":"one"}', time: 1_000 },
        { key: 'a', value: 'no json', time: 2_000 },
        { key: null, value: '{"name":"nobody"}', time: 2_000 },
      ])
      await bench.produce(names.name, [{ key: 'b', value: '{"name":"two"}', time: 3_000 }])
      expect(await bench.run(built)).toMatchObject({ deadLetters: 2 })
      await bench.produce(names.name, [{ key: 'a', value: '{"name":"three"}', time: 1_500 }])
      expect(await bench.run(built)).toMatchObject({ deadLetters: 0, late: 0, restoredRows: expect.any(Number) })
      const rows = (await bench.read(out.name)).map(({ key, value }) => `${key}=${value}`)
      expect(rows).toEqual(['a=one', 'b=two', 'a=three'])
    })
  })
}

function firstOfMinute(refusesBad: boolean, app: string = unique('rows')) {
  const orders = topic(`${app}.orders`, { key: text, value: json<{ id: number }>() })
  const out = topic(`${app}.out`, { key: text, value: json<number>() })
  const built = topology(
    app,
    from(orders)
      .window(tumbling({ minutes: 1 }))
      .count('per-minute')
      .map(
        (count, { key }) => {
          if (refusesBad && key === 'bad') throw new Error('no')
          return count
        },
        { onFailure: [stop()] },
      )
      .to(out),
  )
  return { app, orders: orders.name, out: out.name, built }
}
