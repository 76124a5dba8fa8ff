/** Tables in a worker: state comes back from Kafka in a second run, also when the table's own topic was compacted between. */
import { describe, expect, test } from 'vitest'
import { from, json, number, table, text, topic, topology } from '../../../src/index.ts'
import { auditedBroker } from '../../contracts/audited.ts'
import { suiteClients } from '../../contracts/clients.ts'
import { benchOf } from '../../contracts/suite-bench.ts'
import { unique } from '../../contracts/tools.ts'

describe('a worker', () => {
  const suite = suiteClients(() => auditedBroker({}))
  const bench = benchOf(suite)
  const written = async (name: string): Promise<Record<string, string>> => {
    const records = await bench.read(name)
    return Object.fromEntries(records.map(({ key, value }) => [key!.toString(), value?.toString() ?? '∅']))
  }

  test('makes changelogs that take rows as large as the records, and keep deletions as long as they are remembered', async () => {
    const app = unique('configs')
    const rows = table(`${app}.rows`, { key: text, value: text })
    const counts = topic(`${app}.counts`, { key: text, value: number })
    const source = from(rows)
    const built = topology(
      app,
      source
        .toStream()
        .toTable('weekly', { deleteRetention: { days: 7 } })
        .map(() => 1)
        .toStream()
        .map((one) => one ?? 0)
        .to(counts),
      source
        .groupBy('by', (value) => value)
        .count('counts')
        .to(counts),
    )
    await bench.kafka.topics.create([{ name: rows.name, partitions: 1, configs: { 'max.message.bytes': '5000000' } }])
    await bench.create(1, counts.name)
    await bench.run(built)
    const names = [rows.name, 'weekly', 'counts'].map((store) => `${app}.${store}.changelog`)
    const configs = await bench.kafka.admin.describeConfigs(names.map((name) => ({ type: 'topic', name })))
    expect(configs.map((each) => [each['delete.retention.ms'], each['max.message.bytes']])).toEqual([
      ['3153600000000', '5004096'],
      ['604800000', '5004096'],
      ['86400000', '5004096'],
    ])
  }, 60_000)

  test('goes on with the rows of a table, the groups and the rankings of the run before', async () => {
    const app = unique('tables')
    const rows = table(`${app}.rows`, { key: text, value: json<string>() })
    const counts = topic(`${app}.counts`, { key: text, value: number })
    const kept = topic(`${app}.kept`, { key: text, value: json<string | null>() })
    const best = topic(`${app}.best`, { key: text, value: json<string | null>() })
    const source = from(rows)
    const groups = source.groupBy('by-length', (value) => `g${value.length}`)
    const built = topology(
      app,
      source
        .coalesce()
        .toStream()
        .map((value) => value)
        .to(kept),
      groups.count('counts').to(counts),
      groups
        .top('best', 1, { compare: (one, other) => (one < other ? -1 : 1) })
        .map(({ value }) => value)
        .to(best),
    )
    await bench.create(2, rows.name, counts.name, kept.name, best.name)
    await bench.produce(rows.name, [
      { key: 'a', value: '"xx"', time: 20 },
      { key: 'a', value: '"old"', time: 10 },
      { key: 'b', value: '"yy"', time: 21, partition: 1 },
      { key: 'c', value: '"zzz"', time: 22 },
    ])
    await bench.run(built)
    expect(await written(counts.name)).toEqual({ g2: '2', g3: '1' })
    expect(await written(best.name)).toEqual({ g2: '"xx"', g3: '"zzz"' })
    await suite.broker.compact!(rows.name)
    await bench.produce(rows.name, [
      { key: 'a', value: '"still old"', time: 15 },
      { key: 'a', value: null, time: 30 },
      { key: 'c', value: '"zz"', time: 31 },
    ])
    await bench.run(built)
    expect(await written(counts.name)).toEqual({ g2: '2', g3: '0' })
    expect(await written(best.name)).toEqual({ g2: '"yy"', g3: 'null' })
    expect(await written(kept.name)).toEqual({ a: 'null', b: '"yy"', c: '"zz"' })
  }, 60_000)
})
