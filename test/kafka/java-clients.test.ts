/** Kafka's own Java programs on the embedded broker. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { kafkaTool } from '../../scripts/kafka.ts'
import { type EmbeddedBroker, startBroker } from '../../src/broker/index.ts'
import { lackingFor } from './lacking.ts'

const lacking = lackingFor("Kafka's Java programs")

describe.skipIf(lacking !== null)("Kafka's Java programs on the embedded broker", () => {
  let broker: EmbeddedBroker

  beforeAll(async () => {
    broker = await startBroker({ partitions: 1, markerDelay: { minimum: 1, maximum: 10 }, shuffleAborted: true })
  })
  afterAll(() => broker.close())

  /** What a tool prints; a tool that fails, or waits too long, is an error. */
  async function run(tool: string, ...words: string[]): Promise<string> {
    const { stdout, stderr, exitCode } = await kafkaTool(`org.apache.kafka.tools.${tool}`, words, {
      timeoutSeconds: 50,
    })
    if (exitCode !== 0) throw new Error(`${tool} ended with ${exitCode}: ${stdout}${stderr}`)
    return stdout
  }

  const at = (): string[] => ['--bootstrap-server', broker.address]
  const numbersOf = (text: string): number[] =>
    text
      .split('\n')
      .filter((line) => /^\d+$/.test(line))
      .map(Number)
      .sort((a, b) => a - b)

  async function read(topic: string, count: number, isolation: string): Promise<number[]> {
    const words = ['--topic', topic, '--from-beginning', '--isolation-level', isolation]
    return numbersOf(await run('consumer.ConsoleConsumer', ...at(), ...words, '--max-messages', String(count)))
  }

  test('create, produce, consume in a group, and describe', async () => {
    expect(await run('TopicCommand', ...at(), '--create', '--topic', 'plain', '--partitions', '3')).toContain('plain')
    await run('VerifiableProducer', ...at(), '--topic', 'plain', '--max-messages', '200', '--throughput', '-1')
    const words = ['--topic', 'plain', '--from-beginning', '--max-messages', '200', '--group', 'java']
    const found = numbersOf(await run('consumer.ConsoleConsumer', ...at(), ...words))
    expect(found).toEqual(Array.from({ length: 200 }, (_, index) => index))
    const group = await run('consumer.group.ConsumerGroupCommand', ...at(), '--describe', '--group', 'java')
    const end = group.split('\n').map((line) => line.split(/\s+/))
    const lags = end.filter(([name]) => name === 'java').map((columns) => columns[5])
    expect(lags).toEqual(['0', '0', '0'])
  })

  test('a verifiable consumer in a group gets what a verifiable producer was acknowledged', async () => {
    await run('TopicCommand', ...at(), '--create', '--topic', 'verified', '--partitions', '2')
    const produced = await run(
      'VerifiableProducer',
      ...at(),
      '--topic',
      'verified',
      '--max-messages',
      '300',
      '--acks',
      '-1',
    )
    const words = ['--topic', 'verified', '--group-id', 'verifiers', '--max-messages', '300', '--verbose']
    const consumed = await run('VerifiableConsumer', ...at(), ...words, '--reset-policy', 'earliest')
    const valuesOf = (text: string, name: string): number[] =>
      text
        .split('\n')
        .filter((line) => line.includes(`"${name}"`))
        .map((line) => Number((JSON.parse(line) as { readonly value: string }).value))
        .sort((a, b) => a - b)
    const all = Array.from({ length: 300 }, (_, index) => index)
    expect(valuesOf(produced, 'producer_send_success')).toEqual(all)
    expect(valuesOf(consumed, 'record_data')).toEqual(all)
  })

  test('copy in transactions, some of which abort: every record once', async () => {
    for (const topic of ['input', 'output']) await run('TopicCommand', ...at(), '--create', '--topic', topic)
    await run('VerifiableProducer', ...at(), '--topic', 'input', '--max-messages', '600', '--throughput', '-1')
    const copy = ['--broker-list', broker.address, '--input-topic', 'input', '--input-partition', '0']
    const transactions = ['--output-topic', 'output', '--max-messages', '600', '--transaction-size', '20']
    const names = ['--transactional-id', 'copier', '--consumer-group', 'copiers']
    const hardships = ['--enable-random-aborts', '--use-group-metadata']
    await run('TransactionalMessageCopier', ...copy, ...transactions, ...names, ...hardships)
    expect(await read('output', 600, 'read_committed')).toEqual(Array.from({ length: 600 }, (_, index) => index))
    expect(await run('TransactionsCommand', ...at(), 'list')).toContain('copier')
  })
})
