/** `docker-compose.yml`: Kafka and two workers for real; the other services are parsed only, their images can't be pulled. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { counts, lines } from '../../examples/4-word-count/topology.ts'
import { freePorts } from '../../scripts/kafka/ports.ts'
import { BatchBuilder, connectTool, type Kafka } from '../../scripts/tools/client.ts'
import { committedRecords } from '../../scripts/tools/committed.ts'
import { randomName, sleep, systemClock, systemRandom } from '../../scripts/tools/world.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const project = `millrace${randomName(systemRandom)}`
const [port = 0] = await freePorts(1)
const minute = 60_000
const start = Date.UTC(2026, 0, 1)
let kafka: Kafka

async function compose(...words: string[]): Promise<string> {
  const env = { ...process.env, KAFKA_PORT: String(port), COMPOSE_HTTP_TIMEOUT: '300' }
  const options = { cwd: root, env, maxBuffer: 64 * 1024 * 1024 }
  const { stdout } = await promisify(execFile)('docker-compose', ['-p', project, ...words], options)
  return stdout
}

beforeAll(async () => {
  await compose('up', '-d', '--no-build', 'kafka', 'topics', 'worker-1', 'worker-2')
})
afterAll(async () => {
  await kafka?.close()
  // Nothing is worth an orderly end, which can take longer than the engine is asked to wait.
  await compose('kill')
  await compose('down', '-v', '--timeout', '1')
})

test('every service is there', async () => {
  const services = (await compose('config', '--services')).trim().split('\n').sort()
  expect(services).toEqual([
    'grafana',
    'kafka',
    'postgres',
    'prometheus',
    'redis',
    'schema-registry',
    'topics',
    'worker-1',
    'worker-2',
  ])
})

test('two workers count, also after one of them was killed', async () => {
  kafka = await eventually(() => connectTool(`127.0.0.1:${port}`, 'compose'))
  await eventually(async () => {
    const infos = await kafka.topics.describe([lines.name, counts.name])
    if (infos.some(({ exists }) => !exists)) throw new Error('the topics are not there yet')
  })
  await produce('one two two', start)
  await produce('three', start + 2 * minute)
  await compose('kill', '-s', 'SIGKILL', 'worker-1')
  await produce('two', start + 2 * minute)
  await produce('four', start + 5 * minute)
  const expected = ['one 0 1', 'three 2 1', 'two 0 2', 'two 2 1']
  await eventually(async () => {
    expect((await countsSoFar()).filter((row) => !row.startsWith('four'))).toEqual(expected)
  })
})

/** To every partition, so that no task waits for time to pass. */
async function produce(line: string, time: number): Promise<void> {
  const producer = kafka.producer()
  const batch = new BatchBuilder()
  batch.append(time, null, line)
  await producer.append({ topic: lines.name, partition: 0 }, batch)
  await producer.close()
}

async function countsSoFar(): Promise<string[]> {
  const rows: string[] = []
  for await (const { value } of committedRecords(kafka, counts.name)) {
    const { word, since, count } = JSON.parse(String(value)) as { word: string; since: string; count: number }
    rows.push(`${word} ${(Date.parse(since) - start) / minute} ${count}`)
  }
  return rows.sort()
}

async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  const until = systemClock.monotonic() + 2 * minute
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (systemClock.monotonic() > until) throw error
      await sleep(systemClock, 500)
    }
  }
}
