/** Topics through which records come again: which there are, who reads them, and what the description says of them. */
import { describe, expect, test } from 'vitest'
import {
  breaker,
  compile,
  deadLetter,
  describe as describeTopology,
  findFault,
  from,
  type Policy,
  park,
  pause,
  retry,
  retryTopics,
  skip,
  stop,
  type Topology,
  text,
  topic,
  topology,
} from '../../src/index.ts'
import { planTasks } from '../../src/runtime/plan.ts'
import { compareTopologies } from '../../src/topology/compare.ts'
import { describeGraph } from '../../src/topology/describe-graph.ts'
import type { InternalTopic } from '../../src/topology/graph.ts'

const orders = topic('orders', { key: text, value: text })
const returns = topic('returns', { key: text, value: text })
const out = topic('out', { key: text, value: text })
const slow = retryTopics('slow', [{ seconds: 5 }, { minutes: 1 }])

function internalOf(built: Topology, ...kinds: InternalTopic['kind'][]): string[] {
  return compile(built)
    .internal.filter(({ kind }) => kinds.includes(kind))
    .map(({ name }) => name)
}

/** @param step policies of the step behind `orders` */
function ordersWith(source: readonly Policy[], step: readonly Policy[] = []): Topology {
  return topology(
    'app',
    from(orders, { onFailure: source })
      .map((value) => value, { onFailure: step })
      .to(out),
  )
}

describe('topics through which records come again', () => {
  test('there is a retry topic for each delay, as large as the sub-topology', () => {
    const built = topology(
      'app',
      from(orders)
        .merge(from(returns))
        .map((value) => value, { onFailure: [slow] })
        .to(out),
    )
    expect(internalOf(built, 'retry')).toEqual(['app.retry.slow.5s', 'app.retry.slow.1m'])
    const sizes = new Map([
      ['orders', 2],
      ['returns', 5],
      ['out', 1],
    ])
    const { tasks, partitions } = planTasks(compile(built), sizes)
    expect(partitions.get('app.retry.slow.5s')).toBe(5)
    expect(partitions.get('app.redrive.orders')).toBe(2)
    expect(tasks.map(({ reentries }) => reentries.map((each) => `${each.topic}-${each.partition}`))).toMatchObject([
      ['app.retry.slow.5s-0', 'app.retry.slow.1m-0', 'app.redrive.orders-0', 'app.redrive.returns-0'],
      ['app.retry.slow.5s-1', 'app.retry.slow.1m-1', 'app.redrive.orders-1', 'app.redrive.returns-1'],
      ['app.retry.slow.5s-2', 'app.retry.slow.1m-2', 'app.redrive.returns-2'],
      ['app.retry.slow.5s-3', 'app.retry.slow.1m-3', 'app.redrive.returns-3'],
      ['app.retry.slow.5s-4', 'app.retry.slow.1m-4', 'app.redrive.returns-4'],
    ])
  })

  test('queues say which sources feed them, and through which topics their letters come again', () => {
    const built = topology(
      'app',
      from(orders)
        .keyBy('words', (value) => value)
        .map((value) => value, { onFailure: [deadLetter('broken')] })
        .to(out),
    )
    const queues = compile(built).internal.filter(({ kind }) => kind === 'dead-letter')
    const words = { source: 'app.words.repartition', redrive: 'app.redrive.words' }
    expect(queues.map(({ name, feeds }) => [name, feeds])).toEqual([
      ['app.dlq.orders', [{ source: 'orders', redrive: 'app.redrive.orders' }]],
      ['app.dlq.words', [words]],
      ['app.dlq.broken', [words]],
    ])
  })

  test.each<[what: string, built: Topology, queues: readonly string[], others: readonly string[]]>([
    ['no policy', ordersWith([]), ['app.dlq.orders'], ['app.redrive.orders', 'app.dlq-marks', 'app.audit']],
    [
      'a list that does not end',
      ordersWith([skip()], [retry({ times: 1 })]),
      ['app.dlq.orders'],
      ['app.redrive.orders', 'app.dlq-marks', 'app.audit'],
    ],
    [
      'park, which takes no record without a key',
      ordersWith([skip()], [park('parked')]),
      ['app.dlq.parked', 'app.dlq.orders'],
      ['app.redrive.orders', 'app.dlq-marks', 'app.audit'],
    ],
    [
      'park, and an end',
      ordersWith([skip()], [park('parked'), stop()]),
      ['app.dlq.parked'],
      ['app.redrive.orders', 'app.dlq-marks', 'app.audit'],
    ],
    ['nothing is kept', ordersWith([skip()], [stop()]), [], []],
    ['an operator resumes it', ordersWith([pause()]), [], ['app.dlq-marks', 'app.audit']],
    [
      'an operator turns it',
      topology(
        'app',
        from(orders, { onFailure: [skip()] })
          .mapAsync('ask', async (value) => value, { onFailure: [breaker('api'), stop()] })
          .to(out),
      ),
      [],
      ['app.dlq-marks', 'app.audit'],
    ],
  ])('%s', (_what, built, queues, others) => {
    expect(internalOf(built, 'dead-letter')).toEqual(queues)
    expect(internalOf(built, 'retry', 'redrive', 'marks', 'audit')).toEqual(others)
  })

  test('a retry topic belongs to one side of a keyBy', () => {
    const both = topology(
      'app',
      from(orders)
        .map((value) => value, { onFailure: [slow] })
        .keyBy('words', (value) => value)
        .map((value) => value, { onFailure: [slow] })
        .to(out),
    )
    expect(faultOf(() => compile(both))).toMatchObject({
      code: 'MR4001',
      what: 'The retry topic app.retry.slow.5s would belong to two parts of the topology',
    })
    const named = retryTopics('slow-words', [{ seconds: 5 }])
    const own = topology(
      'app',
      from(orders)
        .map((value) => value, { onFailure: [slow] })
        .keyBy('words', (value) => value)
        .map((value) => value, { onFailure: [named] })
        .to(out),
    )
    expect(compile(own).subTopologies.map(({ reentries }) => reentries.map((each) => each.topic))).toEqual([
      ['app.retry.slow.5s', 'app.retry.slow.1m', 'app.redrive.orders'],
      ['app.retry.slow-words.5s', 'app.redrive.words'],
    ])
  })

  test('are described', () => {
    const graph = compile(ordersWith([deadLetter('lost')], [retry({ times: 2 }), slow, deadLetter('lost')]))
    expect(describeTopology(graph)).toMatchInlineSnapshot(`
      "topology app
        reads   orders
        writes  out
        makes   app.progress (progress, partitions as the largest sub-topology)
                app.dlq.lost (dead-letter, partitions as orders)
                app.retry.slow.5s (retry, partitions as sub-topology 0)
                app.retry.slow.1m (retry, partitions as sub-topology 0)
                app.redrive.orders (redrive, partitions as orders)
                app.dlq-marks (marks, 1 partition)
                app.audit (audit, 1 partition)

      sub-topology 0
        from-orders: reads orders, on failure dead letter lost
        └─ map-1: on failure retry 2 times, then retry topics slow 5s 1m, then dead letter lost
           └─ to-out: writes out
      "
    `)
    expect(describeTopology(graph, 'mermaid')).toMatchInlineSnapshot(`
      "flowchart TD
        subgraph s0["sub-topology 0"]
          n0_0["from-orders"]
          n0_1["map-1"]
          n0_2["to-out"]
          n0_0 --> n0_1
          n0_1 --> n0_2
        end
        t0[("orders")]
        t1[("app.retry.slow.5s")]
        t2[("app.retry.slow.1m")]
        t3[("out")]
        t0 --> n0_0
        t1 -. again .-> n0_0
        t2 -. again .-> n0_0
        n0_1 -. retry .-> t1
        n0_1 -. retry .-> t2
        n0_2 --> t3
      "
    `)
    expect(describeGraph(graph).subTopologies[0]!.reentries).toEqual([
      { topic: 'app.retry.slow.5s', kind: 'retry', sources: ['orders'] },
      { topic: 'app.retry.slow.1m', kind: 'retry', sources: ['orders'] },
      { topic: 'app.redrive.orders', kind: 'redrive', sources: ['orders'] },
    ])
  })

  test('that are no longer there are told of by the plan, with what may be lost', () => {
    const before = describeGraph(compile(ordersWith([deadLetter('lost')], [slow, deadLetter('lost')])))
    const after = describeGraph(compile(ordersWith([skip()])))
    const gone = compareTopologies(before, after).filter(({ effect }) => effect === 'abandoned')
    const lost = 'records in it that are not read yet are lost: let its lag become 0 first'
    expect(gone.map(({ name, note }) => [name, note])).toEqual([
      ['app.dlq.lost', ''],
      ['app.retry.slow.5s', lost],
      ['app.retry.slow.1m', lost],
      ['app.redrive.orders', lost],
      ['app.dlq-marks', ''],
      ['app.audit', ''],
    ])
  })
})

function faultOf(action: () => unknown): unknown {
  try {
    return action()
  } catch (error) {
    return findFault(error)?.text
  }
}
