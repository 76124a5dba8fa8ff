/** A batch of ours as messages of kafkajs, which encodes them once more. */
import type { IHeaders, Message } from 'kafkajs'
import { type BatchBuilder, RecordBatch, type RecordCursor } from '../../wire/batch.ts'
import { KafkaError } from '../port.ts'

/**
 * Takes what was gathered; the builder is empty afterwards. The partition is always set: kafkajs would choose another
 * one in each repetition.
 * @throws KafkaError `rejected` for a header that kafkajs can't write
 */
export function messagesOf(batch: BatchBuilder, partition: number): Message[] {
  const bytes = batch.build({})
  const cursor = new RecordBatch(bytes, 0, bytes.length).cursor()
  const messages: Message[] = []
  while (cursor.next()) messages.push(messageOf(cursor, partition))
  return messages
}

function messageOf(cursor: RecordCursor, partition: number): Message {
  const { bytes, keyStart, keyEnd, valueStart, valueEnd, timestamp } = cursor
  const headers = headersOf(cursor)
  return {
    partition,
    key: keyStart < 0 ? null : bytes.subarray(keyStart, keyEnd),
    value: valueStart < 0 ? null : bytes.subarray(valueStart, valueEnd),
    timestamp: String(timestamp),
    ...(headers === null ? {} : { headers }),
  }
}

/** kafkajs keeps headers by name: those of one name stay in order, but names do not keep their places among each other. */
function headersOf(cursor: RecordCursor): IHeaders | null {
  const headers = cursor.headers()
  if (headers.length === 0) return null
  const values = new Map<string, Buffer[]>()
  for (const { name, value } of headers) {
    if (value === null) throw headerless(name)
    values.set(name, [...(values.get(name) ?? []), Buffer.from(value)])
  }
  return Object.fromEntries(values)
}

function headerless(name: string): KafkaError {
  const message = `kafkajs can't write the header "${name}", which is null`
  return new KafkaError('rejected', 'INVALID_RECORD', 'Produce', message)
}
