/** Planted bugs of what belongs into a transaction, of its end, and of who may end it. */
import type { Canary } from './canary.ts'

const transactions = 'src/kafka/native/transactions/transactions.ts'
const commit = 'src/runtime/commit/commit.ts'

export const transactionCanaries: readonly Canary[] = [
  {
    name: 'offsets outside the transaction',
    patches: [
      {
        file: transactions,
        find: 'const commit = () => commitOffsets(coordinator, owner, member, positions, cap)',
        replace: 'const commit = () => commitPositions(this.#cluster, member, positions)',
      },
      {
        file: transactions,
        find: "import type { Identity } from '../produce/lane.ts'\n",
        replace:
          "import { commitPositions } from '../group/offset-commit.ts'\nimport type { Identity } from '../produce/lane.ts'\n",
      },
    ],
    world: 'running',
  },
  {
    name: 'commit before flush',
    patches: [
      {
        file: transactions,
        find: "await Promise.allSettled([this.#sender!.drained(), ...this.#writes])\n    if (this.#phase !== 'committing')",
        replace: "await Promise.allSettled(this.#writes)\n    if (this.#phase !== 'committing')",
      },
    ],
    world: 'running',
  },
  {
    name: 'no epoch reset after a timeout',
    patches: [
      {
        file: transactions,
        find: 'const identity = await this.#untilAnswered(() => this.#initOnce(null))',
        replace:
          'const identity = this.#identity.producerId >= 0 ? this.#identity : await this.#untilAnswered(() => this.#initOnce(null))',
      },
    ],
    world: 'running',
  },
  {
    name: 'store committed before the transaction',
    patches: [
      {
        file: commit,
        find: '  await transactions.commit()\n',
        replace: `  for (const { stores } of tasks.keys()) for (const { store } of stores) store.commit()
  await transactions.commit()
`,
      },
    ],
    world: 'running',
  },
  {
    name: 'dead letter outside the transaction',
    patches: [
      {
        file: 'src/runtime/failures/write-letter.ts',
        find: 'appendLetter(ports.outputs, undo, queue, failure, { key, value })',
        replace: 'appendLetter(outsideOf(thread.kafka, ports.outputs), undo, queue, failure, { key, value })',
      },
      {
        file: 'src/runtime/failures/write-letter.ts',
        find: `/**
 * The fullest form of a letter that the queue takes.`,
        replace: `function outsideOf(kafka: Kafka, outputs: Outputs): Outputs {
  const producer = kafka.producer()
  const append: Outputs['append'] = (_, topic, partition, time, key, value, headers) => {
    const batch = new BatchBuilder()
    batch.append(time, key as Buffer | null, value as Buffer | null, headers ?? [])
    void producer.append({ topic, partition }, batch).catch(() => undefined)
  }
  return { partitionOf: outputs.partitionOf.bind(outputs), append } as unknown as Outputs
}

/**
 * The fullest form of a letter that the queue takes.`,
      },
      {
        file: 'src/runtime/failures/write-letter.ts',
        find: "import { findFault } from '../../faults.ts'\n",
        replace: `import { findFault } from '../../faults.ts'
import type { Kafka } from '../../kafka/port.ts'
import { BatchBuilder } from '../../wire/batch.ts'
`,
      },
    ],
    world: 'letters',
  },
  {
    name: 'aborted records read',
    patches: [
      {
        file: 'src/kafka/native/fetch/aborted.ts',
        find: '} else if (!batch.isTransactional || !aborting.has(batch.producerId)) {',
        replace: '} else {',
      },
    ],
    world: 'running',
  },
  {
    name: 'stale assignment writes',
    patches: [
      {
        file: 'src/kafka/native/transactions/transaction-requests.ts',
        find: 'generationId: generation,\n    memberId,\n    groupInstanceId: instanceId,',
        replace: "generationId: -1,\n    memberId: '',\n    groupInstanceId: null,",
      },
    ],
    world: 'running',
  },
]
