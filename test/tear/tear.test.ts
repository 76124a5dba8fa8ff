/** The tear test on the embedded broker; on Apache Kafka it is `npm run tear`. */
import { afterEach, describe, expect, it } from 'vitest'
import { type EmbeddedBroker, startBroker } from '../../src/broker/index.ts'
import { soleMember } from '../contracts/members.ts'
import { batchOf, connected, settled } from '../contracts/tools.ts'
import { overKafkajs } from '../kafkajs/adapter.ts'
import { embedded } from './brokers.ts'
import { rowOf, tearRows } from './rows.ts'

describe('an abort that is held until the next transaction has produced', () => {
  it('tears it under protocol 1 without the guard, and nowhere else', async () => {
    expect(await tearRows(embedded, () => undefined)).toEqual([
      { protocol: 1, guard: false, torn: true, passed: true },
      { protocol: 1, guard: true, torn: false, passed: true },
      { protocol: 2, guard: false, torn: false, passed: true },
      { protocol: 2, guard: true, torn: false, passed: true },
    ])
  })
})

describe('a run', () => {
  const seen = { protocol: 1, values: [['x'], ['y']], refused: null, held: 1, released: 1 } as const

  it.each([
    ['in which no abort was held', { ...seen, held: 0 }],
    ['in which it never came', { ...seen, released: 0 }],
    ['under another protocol', { ...seen, protocol: 2 }],
    ['that is torn although guarded', { ...seen, values: [[], ['y']] }],
    ['whose transaction was refused although guarded', { ...seen, values: [[], []], refused: 'fenced' }],
  ] as const)('%s does not pass', (_, doctored) => {
    expect(rowOf(1, true, seen).passed).toBe(true)
    expect(rowOf(1, true, doctored).passed).toBe(false)
  })

  it('that is not torn without the guard proves nothing', () => {
    expect(rowOf(1, false, seen)).toEqual({ protocol: 1, guard: false, torn: false, passed: false })
  })
})

describe('after an abort', () => {
  let broker: EmbeddedBroker

  afterEach(() => broker.close())

  it.each([[0], [2]] as const)(
    'every adapter finds the positions that were committed last (transaction.version %i)',
    async (transactionVersion) => {
      broker = await startBroker({ features: { transactionVersion } })
      const native = await connected(broker.address)
      const adapters = [native, await overKafkajs.connect(broker.address)]
      await native.topics.create([{ name: 'in', partitions: 2 }])
      const [moved, still] = [0, 1].map((partition) => ({ topic: 'in', partition })) as [Place, Place]
      const member = await soleMember(native, 'group', 'in')
      const transactions = native.transactions('writer', { timeout: { seconds: 20 } })
      await transactions.init()
      const found = () => Promise.all(adapters.map((adapter) => adapter.positions('group', [moved, still])))
      for (const [offset, end, last] of [
        [3, 'abort', -1],
        [5, 'commit', 5],
        [9, 'abort', 5],
        [7, 'commit', 7],
      ] as const) {
        await transactions.append(still, batchOf(`${offset}`))
        await transactions.offsets(member, [{ ...moved, offset }])
        await transactions[end]()
        await settled(native, still)
        const expected = [
          { ...moved, offset: last },
          { ...still, offset: -1 },
        ]
        expect(await found()).toEqual(adapters.map(() => expected))
      }
      await transactions.close()
      await member.leave()
      for (const adapter of adapters) await adapter.close()
    },
  )
})

interface Place {
  readonly topic: string
  readonly partition: number
}
