/** C5 with the tombstones of Kafka Streams. */
import type { Operator } from '../case.ts'
import { type Line, type Worked, worked } from './worked.ts'

type Word = readonly [key: string, value: string | null, ...out: readonly (readonly [string, string | null])[]]

/** Keys that begin with r are rows of the right table. All is at time 0. */
function join(name: string, kind: 'inner' | 'left', words: readonly Word[]): Worked {
  const operators: Operator[] = [
    { op: 'table', id: 'left', topic: 'left-topic' },
    { op: 'table', id: 'right', topic: 'right-topic' },
    { op: 'foreign-key-join', id: 'join', left: 'left', right: 'right', join: kind },
  ]
  const lines = words.map(([key, value, ...out]): Line => {
    const topic = key.startsWith('r') ? 'right-topic' : 'left-topic'
    return { put: [topic, key, value, 0], out: out.map(([key, value]) => [key, value, 0]) }
  })
  return worked(`C5 foreign key, ${kind}: ${name}`, `foreign-key-${kind}`, operators, lines)
}

const rightFirst: readonly Word[] = [
  ['rhs1', 'rhsValue1'],
  ['rhs2', 'rhsValue2'],
  ['rhs3', 'rhsValue3'],
  ['lhs1', 'v1|rhs1', ['lhs1', 'v1|rhs1~rhsValue1']],
  ['lhs2', 'v2|rhs2', ['lhs2', 'v2|rhs2~rhsValue2']],
  ['lhs3', 'v3|rhs1', ['lhs3', 'v3|rhs1~rhsValue1']],
  ['lhs1', null, ['lhs1', null]],
]

const leftFirstInner: readonly Word[] = [
  ['lhs1', 'v1|rhs1'],
  ['lhs2', 'v2|rhs2'],
  ['lhs3', 'v3|rhs1'],
  ['rhs1', 'rhsValue1', ['lhs1', 'v1|rhs1~rhsValue1'], ['lhs3', 'v3|rhs1~rhsValue1']],
  ['rhs3', 'rhsValue3'],
  ['rhs1', null, ['lhs1', null], ['lhs3', null]],
]

const leftFirstLeft: readonly Word[] = [
  ['lhs1', 'v1|rhs1', ['lhs1', 'v1|rhs1~∅']],
  ['lhs2', 'v2|rhs2', ['lhs2', 'v2|rhs2~∅']],
  ['lhs3', 'v3|rhs1', ['lhs3', 'v3|rhs1~∅']],
  ['rhs1', 'rhsValue1', ['lhs1', 'v1|rhs1~rhsValue1'], ['lhs3', 'v3|rhs1~rhsValue1']],
  ['rhs3', 'rhsValue3'],
  ['rhs1', null, ['lhs1', 'v1|rhs1~∅'], ['lhs3', 'v3|rhs1~∅']],
]

export const workedForeignKeys: readonly Worked[] = [
  join('rows of the right first', 'inner', rightFirst),
  join('rows of the right first', 'left', rightFirst),
  join('rows of the left first', 'inner', leftFirstInner),
  join('rows of the left first', 'left', leftFirstLeft),
  join('another key while both are missing', 'inner', [
    ['lhs1', 'v1|rhs1'],
    ['lhs1', 'v1|rhs2', ['lhs1', null]],
    ['rhs1', 'rhsValue1'],
  ]),
  join('another key while both are missing', 'left', [
    ['lhs1', 'v1|rhs1', ['lhs1', 'v1|rhs1~∅']],
    ['lhs1', 'v1|rhs2', ['lhs1', 'v1|rhs2~∅']],
    ['rhs1', 'rhsValue1'],
  ]),
  join('deleted once, twice, never there', 'inner', [
    ['lhs1', 'v1|rhs1'],
    ['lhs1', null, ['lhs1', null]],
    ['lhs1', null],
    ['lhs2', null],
  ]),
  join('deleted once, twice, never there', 'left', [
    ['lhs1', 'v1|rhs1', ['lhs1', 'v1|rhs1~∅']],
    ['lhs1', null, ['lhs1', null]],
    ['lhs1', null],
    ['lhs2', null],
  ]),
  join('no foreign key', 'inner', [['lhs1', 'v1']]),
  join('no foreign key', 'left', [['lhs1', 'v1', ['lhs1', 'v1~∅']]]),
]
