/** How kafkajs is set up: quiet, quick to try again, and with every codec. */
import kafkajs, { type Kafka, type KafkaConfig, type LogEntry, type RetryOptions } from 'kafkajs'
import { registerCodecs } from './codecs.ts'

/**
 * kafkajs waits 300 ms before it asks again for what passes in one; with these steps an outage of half a minute is
 * still waited out.
 */
const retry: RetryOptions = { initialRetryTime: 10, maxRetryTime: 5_000, retries: 13 }

/** A client of kafkajs, ours or the one given. */
export function clientOf(given: Kafka | KafkaConfig): Kafka {
  registerCodecs()
  if (!('brokers' in given)) return given
  return new kafkajs.Kafka({
    logLevel: kafkajs.logLevel.ERROR,
    logCreator: () => warn,
    ...given,
    retry: { ...retry, ...given.retry },
  })
}

/**
 * kafkajs calls errors what it repeats a moment later: they are warnings of the process, which may be filtered by code.
 * Not the refusal of each single request: whoever asked is told.
 */
function warn({ namespace, log }: LogEntry): void {
  if (namespace === 'Connection' && log.message.startsWith('Response ')) return
  const error = typeof log.error === 'string' ? `: ${log.error}` : ''
  process.emitWarning(`kafkajs, ${namespace}: ${log.message}${error}`, { type: 'KafkajsWarning', code: 'KAFKAJS' })
}
