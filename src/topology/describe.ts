import { describeGraph } from './describe-graph.ts'
import { describeAsMermaid } from './describe-mermaid.ts'
import { describeAsText } from './describe-text.ts'
import type { Graph } from './graph.ts'

export type DescribeFormat = 'text' | 'mermaid' | 'json'

const formats: Readonly<Record<DescribeFormat, (graph: Graph) => string>> = {
  text: describeAsText,
  mermaid: describeAsMermaid,
  json: (graph) => JSON.stringify({ ...describeGraph(graph), hash: graph.hash }, null, 2),
}

/**
 * A graph to look at: a tree as text, a flowchart as Mermaid, everything as JSON.
 * @example console.log(describe(compile(wordCount)))
 */
export function describe(graph: Graph, format: DescribeFormat = 'text'): string {
  return formats[format](graph)
}
