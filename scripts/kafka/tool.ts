/** Kafka's own Java programs. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { archiveFlags } from './archive.ts'
import { kafkaJars } from './jars.ts'

export interface ToolResult {
  readonly stdout: string
  readonly stderr: string
  /** `null` when it was killed because its time was up. */
  readonly exitCode: number | null
}

/**
 * Runs one of Kafka's tools. Many of them wait for ever on a topic that is not there: hence the timeout.
 * @example await kafkaTool('org.apache.kafka.tools.TopicCommand', ['--bootstrap-server', brokers, '--list'])
 */
export function kafkaTool(
  mainClass: string,
  words: readonly string[],
  options: { readonly timeoutSeconds?: number; readonly input?: string } = {},
): Promise<ToolResult> {
  const { promise, resolve } = Promise.withResolvers<ToolResult>()
  const flags = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx256m', ...archiveFlags()]
  const classes = ['-cp', join(kafkaJars(), '*')]
  const tool = execFile(
    'java',
    [...flags, ...classes, mainClass, ...words],
    {
      encoding: 'utf8',
      maxBuffer: 256 * 1024 * 1024,
      timeout: (options.timeoutSeconds ?? 60) * 1000,
      killSignal: 'SIGKILL',
    },
    (_error, stdout, stderr) => resolve({ stdout, stderr, exitCode: tool.exitCode }),
  )
  tool.stdin?.end(options.input ?? '')
  return promise
}
