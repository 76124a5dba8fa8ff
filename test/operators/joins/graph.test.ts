/** What a topology with joins leaves in Kafka, and what is refused before it runs. */
import { describe, expect, test } from 'vitest'
import { compile, from, topology } from '../../../src/index.ts'
import { describeGraph } from '../../../src/topology/describe-graph.ts'
import { describeAsText } from '../../../src/topology/describe-text.ts'
import { left, leftTable, output, pair, right, rightTable } from './script.ts'

const within = { within: { minutes: 1 } }
const byForeignKey = from(leftTable).foreignKeyJoin(
  'owner',
  from(rightTable),
  (value) => value,
  (value, row) => value + row,
)
const namesOf = (sinks: Parameters<typeof topology>[1]): string[] =>
  compile(topology('app', sinks)).internal.map(({ name }) => name)

describe('topics', () => {
  test('of a stream join: the rows of both sides', () => {
    expect(namesOf(from(left).join('pairs', from(right), pair, within).to(output))).toEqual([
      'app.pairs.left.changelog',
      'app.pairs.right.changelog',
      'app.progress',
      'app.dlq.left',
      'app.dlq.right',
      'app.redrive.left',
      'app.redrive.right',
      'app.dlq-marks',
      'app.audit',
    ])
  })

  test('of joins with tables: none but those of the tables', () => {
    const tables = from(leftTable).toStream().merge(from(rightTable).toStream())
    expect(namesOf(from(leftTable).outerJoin(from(rightTable), pair).to(output))).toEqual(namesOf(tables.to(output)))
  })

  test('of a foreign-key join: requests, answers, who asked, and what is out', () => {
    expect(namesOf(byForeignKey.to(output)).filter((name) => name.includes('owner'))).toEqual([
      'app.owner.requests.repartition',
      'app.owner.answers.repartition',
      'app.owner.left.changelog',
      'app.owner.changelog',
      'app.owner.right.changelog',
      'app.dlq.owner.answers',
      'app.dlq.owner.requests',
      'app.redrive.owner.answers',
      'app.redrive.owner.requests',
    ])
  })
})

test('records of one key meet in one task: their topics are listed', () => {
  const groups = compile(topology('app', byForeignKey.to(output))).subTopologies.map((each) => each.copartitioned)
  expect(groups).toEqual([[['app.owner.answers.repartition', 'left']], [['app.owner.requests.repartition', 'right']]])
})

test('is described with its lengths', () => {
  const joined = from(left).leftJoin('pairs', from(right), pair, { before: { seconds: 1 }, after: { seconds: 2 } })
  const { nodes } = describeGraph(compile(topology('app', joined.to(output)))).subTopologies[0]!
  expect(nodes.find(({ kind }) => kind === 'stream-join')!.settings).toMatchObject({
    name: 'pairs',
    join: 'left',
    before: 1000,
    after: 2000,
    grace: 0,
    emit: 'final',
  })
})

test('is told in words', () => {
  const bounds = { before: { seconds: 1 }, after: { minutes: 2 }, grace: { seconds: 3 } }
  const joined = from(left).outerJoin('pairs', from(right), pair, bounds).updates()
  const lines = describeAsText(compile(topology('app', joined.to(output))))
  expect(lines).toContain('pairs: outer, 1s before to 2m after grace 3s, unmatched rows at once')
})

describe('refused when it is built', () => {
  const untyped = from(left) as unknown as {
    join(...given: unknown[]): unknown
    leftJoin(...given: unknown[]): unknown
  }

  test.each<[string, () => unknown, string]>([
    ['a join without bounds', () => untyped.join('pairs', from(right), pair, {}), "doesn't say how far apart"],
    ['without options', () => untyped.join('pairs', from(right), pair), "doesn't say how far apart"],
    ['with a negative bound', () => untyped.join('p', from(right), pair, { within: { seconds: -1 } }), 'not negative'],
    ['with a stream without a key', () => untyped.join('p', from(left).merge(from(right)), pair, within), 'has no key'],
    [
      'records that wait for a table without versions',
      () => untyped.leftJoin(from(rightTable), pair, { name: 'waiting', grace: { seconds: 1 } }),
      'wait longer than the table remembers',
    ],
    ['a name that Kafka can not take', () => untyped.join('a/b', from(right), pair, within), 'cannot be used in Kafka'],
  ])('%s', (_what, build, message) => {
    expect(build).toThrow(message)
  })

  test('two joins of one name', () => {
    const joined = from(left).leftJoin('pairs', from(right), pair, within)
    expect(() => topology('app', joined.to(output), joined.updates().to(output))).toThrow('are named pairs')
  })
})
