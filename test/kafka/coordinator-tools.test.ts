/** Kafka's own tools for administrators, on the embedded broker: hanging transactions, groups and their positions. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { kafkaTool } from '../../scripts/kafka.ts'
import { type EmbeddedBroker, startBroker } from '../../src/broker/index.ts'
import { Session } from './differential/session.ts'
import { lackingFor } from './lacking.ts'

const lacking = lackingFor("Kafka's tools for transactions and groups")

describe.skipIf(lacking !== null)('on the embedded broker', () => {
  let broker: EmbeddedBroker
  let session: Session
  beforeAll(async () => {
    broker = await startBroker()
    session = new Session(broker.address, 'topic', 2)
    await session.createTopic(2)
  })
  afterAll(async () => {
    session.client.close()
    await broker.close()
  })

  async function tool(name: string, ...words: string[]): Promise<string> {
    const { stdout, stderr } = await kafkaTool(name, ['--bootstrap-server', broker.address, ...words])
    return stdout + stderr
  }
  const transactions = (...words: string[]) => tool('org.apache.kafka.tools.TransactionsCommand', ...words)
  const groups = (...words: string[]) => tool('org.apache.kafka.tools.consumer.group.ConsumerGroupCommand', ...words)

  test('TransactionsCommand finds an open transaction and aborts it', async () => {
    const producer = await session.producer('hangs')
    await session.write(producer, 0, 1)
    expect(await transactions('list')).toMatch(/hangs\s.*Ongoing/)
    expect(await transactions('describe', '--transactional-id', 'hangs')).toMatch(/Ongoing.*topic-1/)
    const at = ['--topic', 'topic', '--partition', '1']
    const row = new RegExp(`${producer.producerId}\\s+0\\s+-1\\s+0\\s+\\d+\\s+0`)
    expect(await transactions('describe-producers', ...at)).toMatch(row)
    await transactions('abort', ...at, '--start-offset', '0')
    expect(await transactions('describe-producers', ...at)).toMatch(/None/)
  })

  test('ConsumerGroupCommand describes, resets and deletes', async () => {
    await session.commit('idle', { memberId: '', generationId: -1 })
    expect(await groups('--describe', '--group', 'idle')).toMatch(/idle\s+topic\s+0\s+3/)
    expect(await groups('--describe', '--state', '--group', 'idle')).toMatch(/Empty\s+0/)
    const reset = ['--reset-offsets', '--to-offset', '0', '--topic', 'topic:0', '--group', 'idle', '--execute']
    expect(await groups(...reset)).toMatch(/idle\s+topic\s+0\s+0/)
    expect(await groups('--delete-offsets', '--topic', 'topic', '--group', 'idle')).toMatch(/topic\s+0\s+Successful/)
    expect(await groups('--list', '--state', 'Empty')).toMatch(/idle\s+Empty/)
    expect(await groups('--delete', '--group', 'idle')).toMatch(/successful/)
    expect(await groups('--list')).not.toContain('idle')
  })
})
