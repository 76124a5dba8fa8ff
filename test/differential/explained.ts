/**
 * Where the embedded broker is known to answer otherwise than Apache Kafka 4.1, and why that is left so. Each is listed
 * in `src/broker/README.md` as well.
 */

export interface Explanation {
  readonly name: string
  readonly why: string
  /** Whether it explains these two answers to one step. */
  explains(kafka: string, embedded: string): boolean
}

export const explanations: readonly Explanation[] = [
  {
    name: 'aborted-beyond-what-was-read',
    why: 'Kafka lists aborted transactions up to the next entry of its sparse index; here they end with what was read.',
    explains: (kafka, embedded) => {
      const [theirs, ours] = [fetchAnswer(kafka), fetchAnswer(embedded)]
      if (theirs === null || ours === null) return false
      const end = ours.nextOffset
      const touching = theirs.aborted.filter(([, firstOffset]) => firstOffset < end)
      return theirs.rest === ours.rest && JSON.stringify(touching) === JSON.stringify(ours.aborted)
    },
  },
]

type Aborted = readonly (readonly [producer: string, firstOffset: number])[]

/** The answer to a fetch in parts: what was aborted, where the next batch begins, and all the rest; null of another step. */
function fetchAnswer(
  line: string,
): { readonly aborted: Aborted; readonly nextOffset: number; readonly rest: string } | null {
  if (!line.startsWith('fetch ')) return null
  const [choices, text] = line.split(' → ')
  const answer = JSON.parse(text!)
  const batches: readonly string[] = answer[6]
  const [baseOffset, count] = (batches.at(-1) ?? '').split(' ').map(Number)
  const rest = JSON.stringify([choices, ...answer.slice(0, 5), batches])
  return { aborted: answer[5], nextOffset: batches.length === 0 ? 0 : baseOffset! + count!, rest }
}
