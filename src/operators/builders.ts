/** How each kind of node runs. */
import type { Node } from '../topology/nodes.ts'
import { aggregate } from './aggregate.ts'
import { branch } from './branch.ts'
import { filter } from './filter.ts'
import { flatMap } from './flat-map.ts'
import { foreignKeyLeft } from './joins/foreign-key-left.ts'
import { foreignKeyResult } from './joins/foreign-key-result.ts'
import { foreignKeyRight } from './joins/foreign-key-right.ts'
import { streamJoin } from './joins/stream-join.ts'
import { tableJoin } from './joins/table-join.ts'
import { tableLookup } from './joins/table-lookup.ts'
import { lookup } from './lookup.ts'
import { map } from './map.ts'
import { mapKeyValue } from './map-key-value.ts'
import { pass } from './pass.ts'
import { pattern } from './pattern/pattern.ts'
import { peek } from './peek.ts'
import { mapAsync } from './processing/map-async.ts'
import { process } from './processing/process.ts'
import { repartition } from './repartition.ts'
import { sink } from './sink.ts'
import type { Build } from './site.ts'
import { Coalesce } from './tables/coalesce.ts'
import { cogroupInput } from './tables/cogroup-input.ts'
import { Dedupe } from './tables/dedupe.ts'
import { regroup } from './tables/regroup.ts'
import { tableAggregate } from './tables/table-aggregate.ts'
import { tableMap } from './tables/table-map.ts'
import { top } from './tables/top.ts'
import { updatedTable } from './tables/updated-table.ts'
import { suppress } from './windows/suppress.ts'

export const builders: { readonly [K in Node['kind']]: Build<Extract<Node, { kind: K }>> } = {
  source: pass,
  'table-source': updatedTable,
  'to-table': updatedTable,
  regroup,
  'table-aggregate': tableAggregate,
  'cogroup-input': cogroupInput,
  dedupe: (site) => new Dedupe(site),
  top,
  coalesce: (site) => new Coalesce(site),
  suppress,
  'table-map': tableMap,
  'stream-join': streamJoin,
  'table-lookup': tableLookup,
  'table-join': tableJoin,
  'foreign-key-left': foreignKeyLeft,
  'foreign-key-right': foreignKeyRight,
  'foreign-key-result': foreignKeyResult,
  process,
  'map-async': mapAsync,
  map,
  filter,
  'flat-map': flatMap,
  'map-key-value': mapKeyValue,
  peek,
  merge: pass,
  branch,
  'branch-case': pass,
  lookup,
  repartition,
  aggregate,
  late: pass,
  sink,
  pattern,
}
