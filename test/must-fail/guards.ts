/** The guards, in the order of the list in the design. */
import type { Guard } from './guard.ts'

const embedded = (name: string, version: 0 | 2 = 2): Guard['test'] => ({
  file: 'test/contracts/port-embedded.test.ts',
  name: `kafka/port on the embedded broker, transaction.version ${version} > ${name}`,
})

export const guards: readonly Guard[] = [
  {
    name: 'positions without requireStable',
    patches: [
      {
        file: 'src/kafka/native/positions.ts',
        find: '? { groups: [{ groupId: group, topics }], requireStable: true }',
        replace: '? { groups: [{ groupId: group, topics }], requireStable: false }',
      },
    ],
    test: embedded('positions in a transaction > are waited for while they are pending'),
  },
  {
    name: 'unsorted aborted list',
    patches: [
      {
        file: 'src/kafka/native/aborted.ts',
        find: '[...aborted].sort((left, right) => left.firstOffset - right.firstOffset)',
        replace: '[...aborted]',
      },
    ],
    test: {
      file: 'test/native/aborted.test.ts',
      name: 'the filter of committed data > hides overlapping aborted transactions whatever the order of the list',
    },
  },
  {
    name: 'TxnOffsetCommit with an old generation',
    patches: [
      {
        file: 'src/kafka/native/transaction-requests.ts',
        find: 'generationId: generation,',
        replace: 'generationId: -1 * Math.min(1, generation + 1),',
      },
    ],
    test: embedded(
      'positions in a transaction > of a zombie are refused, its transaction can be aborted, and its next one works',
    ),
  },
  {
    name: 'assignor that moves a task in one step',
    patches: [
      {
        file: 'src/runtime/assign.ts',
        find: 'held.filter((task) => (owners.get(task.id) ?? memberId) === memberId)',
        replace: 'held',
      },
    ],
    test: {
      file: 'test/runtime/assign.test.ts',
      name: 'placing tasks > takes a task away in one generation and hands it over in the next',
    },
  },
]
