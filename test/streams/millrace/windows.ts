/** Windowed folds of a case in the words of the DSL. */

import type { Window } from '../../../src/record.ts'
import { text } from '../../../src/serde/text.ts'
import type { OperatorOf, WindowShape } from '../case.ts'
import { append, unite, writtenKey } from './values.ts'
import { type Chain, step, word } from './words.ts'

export function makeWindowFold(stream: Chain, { id, fold, windows, emit }: OperatorOf<'window-fold'>): Chain {
  const results = foldIn(step(stream, 'window', windowsOf(windows)), id, fold, windows.kind === 'session')
  const rows = emit === 'final' ? results : step(results, 'updates')
  return flattened(emit === 'suppress' ? step(rows, 'suppress', `${id}-held`, { until: 'close' }) : rows)
}

function foldIn(windowed: Chain, id: string, fold: OperatorOf<'fold'>['fold'], isSession: boolean): Chain {
  if (fold === 'count') return step(windowed, 'count', id)
  if (fold === 'reduce') return step(windowed, 'reduce', id, append)
  const merge = isSession ? { merge: unite } : {}
  return step(windowed, 'aggregate', id, { as: text, start: '0', add: append, ...merge })
}

/** The window goes into the key, as the Java driver writes it. */
export function flattened(rows: Chain): Chain {
  return step(
    rows,
    'mapKeyValue',
    (value: string | number | null, { key, window }: { readonly key: string; readonly window: Window }) => [
      writtenKey(key, window),
      value === null ? null : String(value),
    ],
  )
}

export function windowsOf(shape: WindowShape): unknown {
  const grace = { milliseconds: shape.grace }
  switch (shape.kind) {
    case 'tumbling':
      return word('tumbling', { milliseconds: shape.size }, { grace })
    case 'hopping':
      return word('hopping', { milliseconds: shape.size }, { every: { milliseconds: shape.hop }, grace })
    case 'sliding':
      return word('sliding', { milliseconds: shape.length }, { grace })
    case 'session':
      return word('session', { milliseconds: shape.gap }, { grace })
  }
}
