/** Words per minute. `millrace run examples/4-word-count/topology.ts` */
import { from, json, type Topology, text, topic, topology, tumbling } from '../../src/index.ts'

/** How often a word was said in the minute since `since`. */
export interface WordCount {
  readonly word: string
  readonly since: string
  readonly count: number
}

export const lines = topic('lines', { value: text })
export const counts = topic('word-counts', { key: text, value: json<WordCount>() })

export const wordCount: Topology = topology(
  'word-count',
  from(lines)
    .flatMap((line) => line.toLowerCase().match(/\p{Letter}+/gu) ?? [])
    .keyBy('word', (word) => word) // named: it makes a topic
    .window(tumbling({ minutes: 1 }, { grace: { seconds: 10 } }))
    .count('words-per-minute') // named: it makes a store
    .map((count, { key, window }) => ({ word: key, since: window.start.toISOString(), count }))
    .to(counts),
)
