/** Threads of one worker process have their breakers together; operators reach them through Kafka. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { committedRecords } from '../../scripts/tools/committed.ts'
import { startBroker } from '../../src/broker/index.ts'
import type { Kafka } from '../../src/kafka/port.ts'
import { BatchBuilder } from '../../src/wire/batch.ts'
import { connected, until } from '../contracts/tools.ts'
import { fixture, millrace, start } from './command.ts'

const timeout = 120_000
const partitions = 4

/** A server that is up or down, and how many asked it at a time. */
class SickServer {
  isUp = false
  most = 0
  asked = 0
  private underWay = 0
  private readonly server: Server = createServer((request, response) => {
    this.asked++
    this.most = Math.max(this.most, ++this.underWay)
    // A connection that is closed before its answer has ended too.
    response.once('close', () => this.underWay--)
    request.setEncoding('utf8').once('data', async (body: string) => {
      await delay(5)
      response.writeHead(this.isUp ? 200 : 503).end(body.toUpperCase())
    })
  })

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1')
    await once(this.server, 'listening')
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  close(): void {
    this.server.close()
    this.server.closeAllConnections()
  }

  watch(): void {
    this.most = this.underWay
  }
}

const closes: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closes.splice(0).reverse()) await close()
})

async function world(): Promise<{ kafka: Kafka; brokers: string; server: SickServer; url: string }> {
  const broker = await startBroker()
  closes.push(() => broker.close())
  const brokers = broker.address
  const kafka = await connected(brokers)
  closes.push(() => kafka.close())
  const server = new SickServer()
  const url = await server.listen()
  closes.push(() => server.close())
  const configs = { 'retention.ms': '-1' }
  await kafka.topics.create(['items', 'answers'].map((name) => ({ name, partitions, configs })))
  return { kafka, brokers, server, url }
}

async function produce(kafka: Kafka, count: number): Promise<void> {
  const producer = kafka.producer()
  for (let partition = 0; partition < partitions; partition++) {
    const batch = new BatchBuilder()
    for (let number = 0; number < count; number++) batch.append(number, `k${partition}`, `v${partition}-${number}`)
    await producer.append({ topic: 'items', partition }, batch)
  }
  await producer.close()
}

async function countOf(kafka: Kafka, topic: string): Promise<number> {
  let count = 0
  for await (const _ of committedRecords(kafka, topic)) count++
  return count
}

describe('millrace run --threads 2', () => {
  test('two threads probe one at a time, and say each turn once', { timeout }, async () => {
    const { kafka, brokers, server, url } = await world()
    await produce(kafka, 25)
    const words = ['run', fixture('asks.ts'), '--threads', '2', '--brokers', brokers, '--json']
    const worker = start(words, { ASKS_URL: url })
    await worker.warns(/breaker server open until \S+ after 4 failures: the server says 503/)
    await worker.warns(/(?:breaker server half-open: cooled[\s\S]*){2}/)
    server.watch()
    await worker.warns(/(?:breaker server half-open[\s\S]*){6}/)
    expect(server.most).toBe(1)
    server.isUp = true
    await worker.warns(/breaker server closed: probes succeeded/)
    await until('all are answered', async () => (await countOf(kafka, 'answers')) === 100)
    expect(await countOf(kafka, 'asks.dlq.unanswered')).toBe(0)
    worker.kill('SIGTERM')
    const { code, stdout, stderr } = await worker.ended
    expect(code).toBe(0)
    expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toMatchObject({
      app: 'asks',
      breakers: { server: { state: 'closed', failures: 0 } },
    })
    const turns = [...stderr.matchAll(/^breaker server (\S+)/gm)].map(([, to]) => to)
    expect(turns.every((to, index) => to !== turns[index - 1])).toBe(true)
  })

  test('an operator steers it', { timeout }, async () => {
    const { kafka, brokers, server, url } = await world()
    server.isUp = true
    const worker = start(['run', fixture('asks.ts'), '--threads', '2', '--brokers', brokers], { ASKS_URL: url })
    await worker.warns(/tasks \+/)
    const opened = await millrace(['breaker', 'open', 'asks', 'server', '--brokers', brokers, '--who', 'ada', '--json'])
    expect(JSON.parse(opened.stdout)).toMatchObject({
      app: 'asks',
      who: 'ada',
      action: 'breaker.open',
      target: 'server',
    })
    await worker.warns(/breaker server open after 0 failures: force-open by ada/)
    const slip = await millrace(['breaker', 'close', 'asks', 'servr', '--brokers', brokers])
    expect(slip).toMatchObject({ code: 2, stdout: '' })
    expect(slip.stderr).toMatch(
      /MR1003 {2}The topology asks has no breaker servr\n.*fix {5}Correct the name, such as: server/,
    )
    const other = await millrace(['tasks', 'resume', 'asks', 'answers-0', '--brokers', brokers])
    expect(other.stderr).toMatch(/MR1003 {2}The topology asks has no task answers-0\n.*such as: items-0/)
    await produce(kafka, 5)
    const closed = await millrace(['breaker', 'close', 'asks', 'server', '--brokers', brokers, '--who', 'ada'])
    expect(closed.stdout).toMatch(/^breaker\.close server: the workers of asks were told, by ada/)
    await worker.warns(/breaker server closed: force-close by ada/)
    await until('all are answered', async () => (await countOf(kafka, 'answers')) === 20)
    worker.kill('SIGTERM')
    expect((await worker.ended).code).toBe(0)
  })
})

describe('a command for an operator', () => {
  test.each([[['breaker', 'open', 'nobody', 'server']], [['tasks', 'resume', 'nobody', 'items-0']]])(
    '%j says that no worker keeps an audit',
    { timeout },
    async (words) => {
      const { brokers } = await world()
      const { code, stderr } = await millrace([...words, '--brokers', brokers])
      expect(code).toBe(3)
      expect(stderr).toMatch(/^error MR4411 {2}There is no topology nobody that keeps an audit$/m)
    },
  )

  test('is named after the user of the machine where nothing else is said', { timeout }, async () => {
    const { kafka, brokers } = await world()
    await kafka.topics.create([{ name: 'asks.audit', partitions: 1 }])
    const { code, stdout } = await millrace(['tasks', 'resume', 'asks', 'items-0', '--brokers', brokers, '--json'])
    expect(code).toBe(0)
    const said = JSON.parse(stdout) as { who: string }
    expect(said).toMatchObject({ action: 'task.resume', target: 'items-0', who: expect.stringMatching(/\S/) })
  })
})
