import { describe, expect, it } from 'vitest'
import { Produce } from '../../src/wire/apis/00-produce.ts'
import { JoinGroup } from '../../src/wire/apis/11-join-group.ts'
import { EndTxn } from '../../src/wire/apis/26-end-txn.ts'
import { TxnOffsetCommit } from '../../src/wire/apis/28-txn-offset-commit.ts'
import { type KafkaProxy, startProxy } from './proxy.ts'
import { committed, countedWords, countsOf, expectedCounts, type RuntimeBench, wordLines } from './runtime-tools.ts'
import { until } from './tools.ts'

export function faultContract(bench: RuntimeBench): void {
  describe('when the network fails', () => {
    it.each([
      ['the answer to EndTxn', EndTxn, 'cutAnswer'],
      ['EndTxn itself', EndTxn, 'cutRequest'],
      ['the answer to TxnOffsetCommit', TxnOffsetCommit, 'cutAnswer'],
      ['the answer to Produce', Produce, 'cutAnswer'],
      ['Produce itself', Produce, 'cutRequest'],
    ] as const)('every record counts once although %s is lost', async (_what, api, cut) => {
      await withProxy(bench, async (proxy) => {
        const { built, lines, counts, late } = countedWords()
        await bench.create(3, lines.name, counts, late)
        const inputs = wordLines(200)
        await bench.produce(lines.name, inputs.slice(0, 100))
        const worker = bench.start(built, { kafka: await bench.client(proxy.address) })
        await until('the worker is at work', async () => (await committed(bench, built.name, lines.name, 3)) === 100)
        const lost = proxy[cut](api)
        await bench.produce(lines.name, inputs.slice(100))
        await until('the rest is committed', async () => (await committed(bench, built.name, lines.name, 3)) === 200)
        await worker.stop()
        await bench.run(built)
        expect(lost.hits).toBe(1)
        expect(countsOf(await bench.read(counts))).toEqual(expectedCounts(inputs))
      })
    })

    it('a worker that falls silent loses its tasks, and what it had in hand is not committed twice when it wakes', async () => {
      await withProxy(bench, async (proxy) => {
        const { built, lines, counts, late } = countedWords()
        await bench.create(3, lines.name, counts, late)
        const inputs = wordLines(300)
        await bench.produce(lines.name, inputs.slice(0, 100))
        const kafka = await bench.client(proxy.address)
        const zombie = bench.start(built, { instance: 'zombie', kafka, sessionTimeout: { seconds: 3 } })
        await until('the zombie lives', async () => (await committed(bench, built.name, lines.name, 3)) === 100)
        proxy.freeze()
        await bench.produce(lines.name, inputs.slice(100, 200))
        const heir = bench.start(built, { instance: 'heir' })
        await until('the heir took over', async () => (await committed(bench, built.name, lines.name, 3)) === 200)
        proxy.release()
        await bench.produce(lines.name, inputs.slice(200))
        await until('all is committed', async () => (await committed(bench, built.name, lines.name, 3)) === 300)
        await Promise.all([zombie.stop(), heir.stop()])
        await bench.run(built)
        expect(countsOf(await bench.read(counts))).toEqual(expectedCounts(inputs))
      })
    })
  })

  describe('when workers come and go', () => {
    it('one that is stopped while it waits to join ends without waiting for a member that is gone', async () => {
      await withProxy(bench, async (proxy) => {
        const { built, lines, counts, late } = countedWords()
        await bench.create(3, lines.name, counts, late)
        const silent = bench.start(built, { instance: 'silent', kafka: await bench.client(proxy.address) })
        await bench.produce(lines.name, wordLines(30))
        await until('the first works', async () => (await committed(bench, built.name, lines.name, 3)) === 30)
        proxy.freeze()
        await withProxy(bench, async (door) => {
          const asked = door.cutRequest(JoinGroup)
          const waiting = bench.start(built, { instance: 'waiting', kafka: await bench.client(door.address) })
          await until('the second has asked to join', () => asked.hits === 1)
          await expect(waiting.stop()).resolves.toMatchObject({ recordsIn: 0 })
        })
        proxy.release()
        await silent.stop()
      })
    })

    it('kept tasks go on, moved ones lose nothing', async () => {
      const { built, lines, counts, late } = countedWords()
      await bench.create(3, lines.name, counts, late)
      const inputs = wordLines(400)
      const feed = async (from: number, to: number): Promise<void> => {
        await bench.produce(lines.name, inputs.slice(from, to))
        await until(`${to} are committed`, async () => (await committed(bench, built.name, lines.name, 3)) === to)
      }
      const first = bench.start(built, { instance: 'first' })
      await feed(0, 100)
      const second = bench.start(built, { instance: 'second' })
      await feed(100, 200)
      const third = bench.start(built, { instance: 'third' })
      await feed(200, 300)
      await first.stop()
      await feed(300, 400)
      await Promise.all([second.stop(), third.stop()])
      await bench.run(built)
      expect(countsOf(await bench.read(counts))).toEqual(expectedCounts(inputs))
    })
  })
}

async function withProxy(bench: RuntimeBench, work: (proxy: KafkaProxy) => Promise<void>): Promise<void> {
  const proxy = await startProxy(bench.brokers)
  try {
    await work(proxy)
  } finally {
    await proxy.close()
  }
}
