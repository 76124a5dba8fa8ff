/** What joins are told. */
import type { Duration } from '../../clock.ts'
import type { Serde } from '../../serde/serde.ts'
import type { StepOptions } from '../handler.ts'
import type { IsJsonable, ValueSerde } from '../jsonable.ts'
import type { LateOptions } from '../late.ts'

/** How far apart two records of a pair may be: `left.time - before <= right.time <= left.time + after`. */
export type JoinBounds =
  | { readonly within: Duration; readonly before?: never; readonly after?: never }
  | { readonly before: Duration; readonly after: Duration; readonly within?: never }

type LeftSerde<L> = IsJsonable<L> extends true ? { readonly left?: Serde<L> } : { readonly left: Serde<L> }
type RightSerde<R> = IsJsonable<R> extends true ? { readonly right?: Serde<R> } : { readonly right: Serde<R> }

/** Records of both sides are kept, so both must be written: values that JSON brings back need no serde. */
export type JoinSerdes<L, R> = LeftSerde<L> & RightSerde<R>

export type StreamJoinOptions<L, R> = JoinBounds &
  JoinSerdes<Exclude<L, null>, Exclude<R, null>> &
  StepOptions &
  LateOptions & {
    /** How long after its bounds have passed a record still waits for late ones; default none. */
    readonly grace?: Duration
  }

/** Records wait for versions that come late, for so long in event time. */
export type AsOfOptions<V> = ValueSerde<Exclude<V, null>> &
  StepOptions & {
    /** Names the store in which records wait. */
    readonly name: string
    /** At most as long as the table's history. */
    readonly grace: Duration
  }

/** Right rows travel to the left ones, and results are kept: values that JSON brings back need no serde. */
export type ForeignKeyOptions<FK, R, Out> = RightSerde<R> &
  ValueSerde<Out> &
  StepOptions & {
    /** By default as the right table's keys are written. */
    readonly foreignKey?: Serde<FK>
    /** Whether a row that never came out is deleted downstream all the same, as Kafka Streams does; default `needed`. */
    readonly tombstones?: 'needed' | 'kafka-streams'
  }

/** They may be left out when nothing in them has to be given. */
export type LastForeignKeyOptions<FK, R, Out> = [IsJsonable<R>, IsJsonable<Out>] extends [true, true]
  ? [options?: ForeignKeyOptions<FK, R, Out>]
  : [options: ForeignKeyOptions<FK, R, Out>]
