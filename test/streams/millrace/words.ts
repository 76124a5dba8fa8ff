/**
 * The DSL as the builder of cases speaks it. A case names its operators at run time, so the DSL's own types, which follow
 * key, value and window through a chain, can't be used here; `test/types` proves those.
 */
import * as millrace from '../../../src/index.ts'
import type { SinkNode } from '../../../src/topology/nodes.ts'

/** What a step returns, and takes: streams, tables, windowed streams. */
export interface Chain {
  readonly [step: string]: (...words: readonly unknown[]) => Chain
}

/** A word of the DSL that is not there. */
export class MissingWord extends Error {}

const exported: Readonly<Record<string, unknown>> = millrace

/** Calls a function that `millrace` exports. */
export function word(name: string, ...words: readonly unknown[]): Chain {
  const found = exported[name]
  if (typeof found !== 'function') throw new MissingWord(`millrace has no ${name}()`)
  return (found as (...words: readonly unknown[]) => Chain)(...words)
}

/** Calls a step of a stream or table. */
export function step(chain: Chain, name: string, ...words: readonly unknown[]): Chain {
  const found = chain[name]
  if (typeof found !== 'function') throw new MissingWord(`there is no .${name}()`)
  return found.apply(chain, words as unknown[])
}

export function sink(made: Chain): SinkNode {
  return made as unknown as SinkNode
}
