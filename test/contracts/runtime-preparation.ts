import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { deadLetter, from, retryTopics, text, topic, topology } from '../../src/index.ts'
import { connectKafka } from '../../src/kafka/native/index.ts'
import { systemRandom } from '../../src/random.ts'
import { countedWords, type RuntimeBench } from './runtime-tools.ts'
import { unique } from './tools.ts'

export function preparationContract(bench: RuntimeBench): void {
  describe('before it starts', () => {
    it('names every topic that is missing, and has created nothing', async () => {
      const { built, app, lines, counts, late } = countedWords()
      await bench.create(3, lines.name)
      await expect(bench.run(built)).rejects.toMatchObject({
        kind: 'fatal',
        text: { code: 'MR2002', what: expect.stringContaining(counts), fix: expect.stringContaining(late) },
      })
      expect(await existing(bench, app)).toEqual([])
    })

    it('refuses a repartition topic of the wrong size, and has created nothing', async () => {
      const { built, app, lines, counts, late } = countedWords()
      await bench.create(3, lines.name, counts, late)
      await bench.create(5, `${app}.word.repartition`)
      await expect(bench.run(built)).rejects.toMatchObject({
        kind: 'fatal',
        text: { code: 'MR2003', what: expect.stringContaining('has 5 partitions, it needs 3') },
      })
      expect(await existing(bench, app)).toEqual([`${app}.word.repartition`])
    })

    it('refuses a changelog that Kafka deletes by age', async () => {
      const { built, app, lines, counts, late } = countedWords()
      await bench.create(3, lines.name, counts, late)
      const changelog = { name: `${app}.per-minute.changelog`, partitions: 3, configs: { 'cleanup.policy': 'delete' } }
      await bench.kafka.topics.create([changelog])
      await expect(bench.run(built)).rejects.toMatchObject({ text: { code: 'MR2009' } })
      expect(await existing(bench, app)).toEqual([changelog.name])
    })

    it('refuses topics of its own that would lose what nobody has read, and says how to set them', async () => {
      const app = unique('settings')
      const [lines, out] = ['lines', 'out'].map((name) => topic(`${app}.${name}`, { key: text, value: text }))
      const policies = [retryTopics('slow', [{ seconds: 1 }]), deadLetter('bad')]
      const built = topology(
        app,
        from(lines!)
          .map((value) => value, { onFailure: policies })
          .keyBy('again', (value) => value)
          .to(out!),
      )
      await bench.create(1, lines!.name, out!.name)
      const never = { 'retention.ms': '-1' }
      const cases: readonly [string, Record<string, string>, string][] = [
        ['retry.slow.1s', { 'cleanup.policy': 'compact', ...never }, 'cleanup.policy=delete'],
        ['retry.slow.1s', { 'retention.ms': '86400000' }, 'retention.ms=-1'],
        ['retry.slow.1s', { ...never, 'message.timestamp.type': 'LogAppendTime' }, 'timestamp.type=CreateTime'],
        [`redrive.${lines!.name}`, { ...never, 'retention.bytes': '1000000' }, 'retention.bytes=-1'],
        ['again.repartition', { 'retention.ms': '86400000' }, 'retention.ms=-1'],
        ['dlq.bad', { 'cleanup.policy': 'compact' }, 'cleanup.policy=delete'],
        ['dlq.bad', { 'retention.ms': '86400000' }, 'timestamp.type=LogAppendTime'],
        ['dlq.bad', { ...never, 'max.message.bytes': '1048588' }, 'max.message.bytes=1081356'],
        ['dlq-marks', { 'cleanup.policy': 'delete' }, 'cleanup.policy=compact'],
      ]
      for (const [name, configs, set] of cases) {
        await bench.kafka.topics.create([{ name: `${app}.${name}`, partitions: 1, configs }])
        await expect(bench.run(built)).rejects.toMatchObject({
          kind: 'fatal',
          text: { code: 'MR2009', what: expect.stringContaining(`${app}.${name}`), fix: expect.stringContaining(set) },
        })
        await bench.kafka.admin.deleteTopics([`${app}.${name}`])
      }
      await bench.run(built)
    })

    it('creates its own topics with the settings they need', async () => {
      const { built, app, lines, counts, late } = countedWords()
      await bench.create(3, lines.name, counts, late)
      await bench.run(built)
      const names = [`${app}.per-minute.changelog`, `${app}.dlq.${lines.name}`]
      const [changelog, deadLetters] = await bench.kafka.admin.describeConfigs(
        names.map((name) => ({ type: 'topic', name })),
      )
      expect(changelog).toMatchObject({ 'cleanup.policy': 'compact', 'retention.ms': '-1' })
      expect(deadLetters).toMatchObject({ 'cleanup.policy': 'delete', 'message.timestamp.type': 'LogAppendTime' })
    })

    it('says which brokers did not answer', async () => {
      const { built } = countedWords()
      const nowhere = connectKafka(
        { brokers: ['127.0.0.1:1'], retry: { retries: 2 } },
        { clock: systemClock, random: systemRandom },
      )
      await expect(bench.run(built, { kafka: nowhere })).rejects.toMatchObject({
        name: 'KafkaError',
        fault: 'fatal',
        message: expect.stringContaining('127.0.0.1:1'),
      })
      await nowhere.close()
    })
  })
}

/** Internal topics of an application that exist. */
async function existing(bench: RuntimeBench, app: string): Promise<string[]> {
  const names = ['word.repartition', 'per-minute.changelog', 'progress', 'dlq.word', `dlq.${app}.lines`].map(
    (name) => `${app}.${name}`,
  )
  const infos = await bench.kafka.topics.describe(names)
  return infos.filter((info) => info.exists).map((info) => info.name)
}
