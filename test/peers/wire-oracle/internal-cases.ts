/** Keys and values of Kafka's internal topics, in every version, with random contents. */
import fc from 'fast-check'
import {
  GroupMetadataKey,
  GroupMetadataValue,
  OffsetCommitKey,
  OffsetCommitValue,
} from '../../../src/wire/internal/offsets.ts'
import { TransactionLogKey, TransactionLogValue } from '../../../src/wire/internal/transactions.ts'
import type { Versioned } from '../../../src/wire/internal/versioned.ts'
import type { Struct } from '../../../src/wire/schema.ts'
import { samplesOf } from '../../wire/samples.ts'

export interface InternalCase {
  readonly name: string
  readonly package: string
  readonly version: number
  readonly value: unknown
}

const coordinators = 'org.apache.kafka.coordinator'

/** By name; the package is where Kafka keeps its own class for it. */
export const internalStructs: Readonly<Record<string, { readonly package: string; readonly of: Versioned<Struct> }>> =
  Object.fromEntries(
    [
      OffsetCommitKey,
      OffsetCommitValue,
      GroupMetadataKey,
      GroupMetadataValue,
      TransactionLogKey,
      TransactionLogValue,
    ].map((of: Versioned<Struct>) => {
      const room = of.name.startsWith('Transaction') ? 'transaction' : 'group'
      return [of.name, { package: `${coordinators}.${room}.generated`, of }]
    }),
  )

/** `count` cases for each struct and version; the same seed gives the same cases. */
export function internalCases(seed: number, count: number): InternalCase[] {
  return Object.values(internalStructs).flatMap(({ of, ...about }) =>
    Array.from({ length: of.newest + 1 }, (_, version) => {
      const flexible = of.flexible !== 'none' && version >= of.flexible
      const samples = samplesOf(of.struct, { version, flexible, minLength: 1 })
      return fc
        .sample(samples, { seed: seed + version, numRuns: count })
        .map((value) => ({ name: of.name, ...about, version, value }))
    }).flat(),
  )
}
