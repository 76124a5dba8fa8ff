/** How often what reaches a source may have been round a circle of sub-topologies. */
import { expect, test } from 'vitest'
import { compile, from, type Table, table, text, topic, topology } from '../../src/index.ts'

const [left, right] = [from(table('left', { value: text })), from(table('right', { value: text }))]
const out = table('out', { value: text })

const follow = (name: string, one: Table<string, string, null>, other: Table<string, string, null>) =>
  one.foreignKeyJoin(
    name,
    other,
    (value) => value,
    (value) => value,
  )

const stream = from(topic('items', { key: text, value: text }))
const beside = topic('beside', { key: text, value: text })

test.each([
  [
    'what writes and is written, in no circle, is in the first round',
    [
      stream
        .keyBy('one', (value) => value)
        .keyBy('two', (value) => value)
        .to(beside),
    ],
    { items: 0, one: 0, two: 0 },
  ],
  ['a foreign-key join', [follow('fk', left, right).to(out)], { left: 0, 'fk.answers': 1, right: 0, 'fk.requests': 1 }],
  ['a table that follows itself', [follow('fk', left, left).to(out)], { left: 0, 'fk.requests': 1, 'fk.answers': 2 }],
  [
    'two tables that follow each other: a writer is a round before its reader',
    [follow('there', left, right).to(out), follow('back', right, left).to(out)],
    { left: 0, right: 0, 'there.requests': 1, 'there.answers': 2, 'back.requests': 1, 'back.answers': 2 },
  ],
  [
    'a join that follows the table again',
    [follow('again', follow('fk', left, right), right).to(out)],
    { left: 0, right: 0, 'fk.requests': 1, 'fk.answers': 1, 'again.requests': 2, 'again.answers': 2 },
  ],
  [
    'what comes into a circle from outside is in its first round',
    [follow('fk', stream.keyBy('by', (value) => value).toTable('rows'), right).to(out)],
    { items: 0, by: 0, 'fk.answers': 1, right: 0, 'fk.requests': 1 },
  ],
  [
    'a stream that meets itself by another key',
    [
      stream
        .join(
          'pairs',
          stream.keyBy('by', (value) => value),
          (one) => one,
          { within: { seconds: 1 } },
        )
        .to(beside),
    ],
    { items: 0, by: 1 },
  ],
])('%s', (_what, sinks, expected) => {
  const rounds = compile(topology('app', ...sinks)).subTopologies.flatMap(({ sources, nodes }) =>
    sources.map(({ topic: name, node }) => [name.replace(/^app\.|\.repartition$/g, ''), nodes[node]!.round] as const),
  )
  expect(Object.fromEntries(rounds)).toEqual(expected)
})
