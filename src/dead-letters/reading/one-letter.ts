/** One letter, by its place. */
import { MillraceError } from '../../faults.ts'
import type { Kafka } from '../../kafka/port.ts'
import { rangesOfQueue } from '../queue-names.ts'
import { type ReadLetter, readLetters } from './read.ts'

/**
 * The letter at an offset of a queue, also one that is settled.
 * @example await readLetter(kafka, { topic: 'orders.dlq.orders', partition: 3, offset: 17 })
 * @throws MillraceError MR4401 when there is no such queue, MR4402 when no letter lies there
 */
export async function readLetter(
  kafka: Kafka,
  { topic, partition, offset }: { readonly topic: string; readonly partition: number; readonly offset: number },
): Promise<ReadLetter> {
  const { ranges } = await rangesOfQueue(kafka, topic)
  const whole = ranges.find((range) => range.partition === partition)
  if (whole !== undefined && offset >= whole.start && offset < whole.end) {
    const one = { ...whole, start: offset, end: offset + 1 }
    for await (const letter of readLetters(kafka, { queue: topic, ranges: [one], all: true })) return letter
  }
  throw new MillraceError('fatal', {
    code: 'MR4402',
    what: `There is no dead letter ${partition}/${offset} in ${topic}`,
    why: whyNot(whole, ranges.length),
    fix: `millrace dlq show ${topic} lists the letters there are`,
  })
}

function whyNot(range: { readonly start: number; readonly end: number } | undefined, partitions: number): string {
  if (range === undefined) return `the queue has ${partitions} partitions`
  if (range.start === range.end) return 'the partition is empty'
  return `the partition has offsets ${range.start} to ${range.end - 1}; not each is a letter, the ends of transactions take some`
}
