/** A user of kafkajs hands over the configuration that he has. */
import type * as kafkajs from 'kafkajs'
import type { KafkaSettings, RunOptions } from '../../src/index.ts'
import type { NativeConfig } from '../../src/kafka/native/config.ts'

declare const theirs: kafkajs.KafkaConfig

theirs satisfies NativeConfig
theirs satisfies KafkaSettings
const options: RunOptions = { kafka: theirs }

declare const socketFactory: kafkajs.ISocketFactory
declare const sasl: kafkajs.SASLOptions | kafkajs.Mechanism
declare const logCreator: kafkajs.logCreator
const brokers = async (): Promise<string[]> => ['localhost:9092']
const ours: NativeConfig = { brokers, socketFactory, sasl, logCreator, logLevel: 5 satisfies kafkajs.logLevel.DEBUG }

// @ts-expect-error a misspelt key is seen at once
const misspelt: NativeConfig = { brokers, logLevle: 4 }
// @ts-expect-error a password is no number
const number: NativeConfig = { brokers, sasl: { mechanism: 'plain', username: 'ann', password: 5 } }

export { misspelt, number, options, ours }
