/** Apache Kafka from Maven jars, for tests, benches and anyone who wants to look. No Docker; needs Java 17 and Maven. */
export { kafkaAvailable } from './kafka/available.ts'
export { kafkaJars, streamsJars, streamsTestJars } from './kafka/jars.ts'
export { type KafkaOptions, type RunningKafka, startKafka } from './kafka/start.ts'
export { kafkaTool, type ToolResult } from './kafka/tool.ts'
