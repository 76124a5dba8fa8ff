/** What a command knows of the topology whose letters it has in hand. */
import { compile } from '../../topology/compile.ts'
import { describeGraph, type GraphDescription } from '../../topology/describe-graph.ts'
import type { Topology } from '../../topology/topology.ts'
import { type Decoder, decoderOf, guessing } from '../reading/decode.ts'

export interface TopologyOptions {
  /** The topology that wrote the letters: filters read keys and values by its serdes, targets are its own. */
  readonly topology?: Topology
  /** Its description alone. Absent, as the topology: the one that was started last. */
  readonly description?: GraphDescription
}

export interface Grounds {
  /** Null: what was started last says it. */
  readonly description: GraphDescription | null
  readonly decode: Decoder
}

export async function groundsOf({ topology, description }: TopologyOptions): Promise<Grounds> {
  const decode = topology === undefined ? guessing : await decoderOf(topology)
  return { description: description ?? (topology ? describeGraph(compile(topology)) : null), decode }
}
