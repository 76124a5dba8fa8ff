/** Commits without transactions: over our own client, and step by step over one that does as it is told. */
import { describe, expect, it } from 'vitest'
import { connectKafka } from '../../../src/kafka/native/index.ts'
import type { Kafka, MemberIdentity } from '../../../src/kafka/port.ts'
import { AtLeastOnce } from '../../../src/runtime/commit/at-least-once.ts'
import { atLeastOnceContract } from '../../contracts/runtime-at-least-once.ts'
import { batchOf } from '../../contracts/tools.ts'

atLeastOnceContract("Millrace's own client", (brokers, clientId) => connectKafka({ brokers: [brokers], clientId }))

const member: MemberIdentity = { group: 'g', memberId: 'm', generation: 1, instanceId: null }
const output = { topic: 'out', partition: 0 }
const progress = { topic: 'app.progress', partition: 0 }
const positions = [{ topic: 'in', partition: 0, offset: 7 }]

/** Writes down what is asked of it; appends wait until they are let go. */
function scripted() {
  const asked: string[] = []
  const waiting: PromiseWithResolvers<{ offset: number }>[] = []
  const kafka = {
    producer: () => ({
      append({ topic }: { topic: string }) {
        asked.push(`append ${topic}`)
        const append = Promise.withResolvers<{ offset: number }>()
        waiting.push(append)
        return append.promise
      },
      close: async () => undefined,
    }),
    commit: async () => {
      asked.push('commit')
    },
  } as unknown as Kafka
  return { asked, waiting, transactions: new AtLeastOnce(kafka, progress.topic) }
}

/** Lets everything go on that can. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a commit without transactions', () => {
  it('goes from outputs to progress to positions, each acknowledged before the next', async () => {
    const { asked, waiting, transactions } = scripted()
    void transactions.append(progress, batchOf('far'))
    void transactions.append(output, batchOf('row'))
    await transactions.offsets(member, positions)
    const committing = transactions.commit()
    await settle()
    expect(asked).toEqual(['append out'])
    waiting[0]!.resolve({ offset: 0 })
    await settle()
    expect(asked).toEqual(['append out', 'append app.progress'])
    waiting[1]!.resolve({ offset: 0 })
    await committing
    expect(asked).toEqual(['append out', 'append app.progress', 'commit'])
    expect(transactions.open).toBe(false)
  })

  it('commits neither progress nor positions when an output fails, and begins anew after abort', async () => {
    const { asked, waiting, transactions } = scripted()
    transactions.append(output, batchOf('row')).catch(() => undefined)
    void transactions.append(progress, batchOf('far')).catch(() => undefined)
    await transactions.offsets(member, positions)
    waiting[0]!.reject(new Error('refused'))
    await expect(transactions.commit()).rejects.toThrow('refused')
    expect(transactions.open).toBe(true)
    await transactions.abort()
    expect([asked, transactions.open]).toEqual([['append out'], false])
    await transactions.offsets(member, positions)
    await transactions.commit()
    expect(asked).toEqual(['append out', 'commit'])
  })

  it('gives the caller its builder back before held progress is sent', async () => {
    const { transactions, waiting, asked } = scripted()
    const builder = batchOf('far')
    const sent = transactions.append(progress, builder)
    expect(builder.count).toBe(0)
    const committing = transactions.commit()
    await settle()
    expect(asked).toEqual(['append app.progress'])
    waiting[0]!.resolve({ offset: 9 })
    expect(await sent).toEqual({ offset: 9 })
    await committing
  })
})
