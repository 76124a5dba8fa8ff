/** Holding updates back: of a table's rows for a time, of windows until they close (`semantics.md` 3.7). */
import type { Duration } from '../../clock.ts'
import { MillraceError } from '../../faults.ts'
import { json } from '../../serde/json.ts'
import type { Serde } from '../../serde/serde.ts'
import { lengthOf } from '../lengths.ts'
import { keyValueStore, orderedStore } from '../node-stores.ts'
import type { SuppressNode } from '../nodes/tables.ts'
import type { AggregateNode } from '../nodes.ts'
import { versionSerde } from '../tables/serdes.ts'
import { keyed } from '../window-stores.ts'
import type { StreamHost, TableHost, TableSteps } from './host.ts'

interface Limits {
  readonly maxRows?: number
  readonly whenFull?: SuppressNode['whenFull']
  readonly value?: Serde<unknown>
}

/** A time at the end of a row key. */
const timeBytes = 8

export const suppressOfTables: TableSteps = {
  suppress(this: TableHost, name: string, options: Limits & { readonly for: Duration }): TableHost {
    const value = options.value ?? json()
    const node: SuppressNode = {
      kind: 'suppress',
      input: this.node,
      name,
      until: { wait: lengthOf('for', options.for) },
      ...limitsOf(name, options, 'emit'),
      keySerde: this.keySerde,
      stores: Object.freeze([
        // `key | since`, listed by since when.
        keyed(orderedStore(name, versionSerde(value), timeBytes), this.keySerde),
        keyValueStore(`${name}.rows`, this.keySerde, value),
      ]),
    }
    return this.makeTable(node)
  },
}

/** One row per window, when it closes. */
export function suppressedWindows(
  stream: StreamHost,
  fold: AggregateNode,
  name: string,
  options: Limits & { readonly until: 'close' },
): StreamHost {
  if (options?.until !== 'close') throw refused(name, `windows wait until they close: { until: 'close' }`)
  const value = options.value ?? (fold.show === undefined ? fold.sumSerde : json())
  const node: SuppressNode = {
    kind: 'suppress',
    input: fold,
    name,
    until: 'close',
    ...limitsOf(name, options, 'spill'),
    keySerde: fold.keySerde,
    // `key | end | start`, listed by end, start, key.
    stores: Object.freeze([keyed(orderedStore(name, value, 2 * timeBytes), fold.keySerde)]),
  }
  return stream.makeStream(node, fold.keySerde)
}

function limitsOf(
  name: string,
  { maxRows, whenFull }: Limits,
  otherwise: SuppressNode['whenFull'],
): Pick<SuppressNode, 'maxRows' | 'whenFull'> {
  if (maxRows !== undefined && !(Number.isSafeInteger(maxRows) && maxRows > 0)) {
    throw refused(name, `it can't hold ${maxRows} rows`)
  }
  return { maxRows: maxRows ?? null, whenFull: whenFull ?? otherwise }
}

function refused(name: string, why: string): MillraceError {
  return new MillraceError('fatal', { code: 'MR1003', what: `suppress ${name} can't be made so`, why })
}
