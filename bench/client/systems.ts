/** The clients that are compared, each started in a process of its own. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { runJava } from './java.ts'
import { type Assignment, type Report, wordsOf } from './report.ts'

export interface System {
  readonly version: string
  /** Of the count asked for, the share it is given: slow clients take a prefix. */
  readonly share: number
  run(assignment: Assignment): Promise<Report>
}

export type SystemName = 'millrace' | 'kafkajs' | 'java'

/** @param version ours */
export function systemsOf(version: string): Readonly<Record<SystemName, System>> {
  return {
    millrace: { version, share: 1, run: (assignment) => runNode('millrace', assignment) },
    kafkajs: { version: '2.2.4', share: 0.2, run: (assignment) => runNode('kafkajs', assignment) },
    java: { version: '4.1.0', share: 1, run: runJava },
  }
}

const timeoutMilliseconds = 300_000

function runNode(name: string, assignment: Assignment): Promise<Report> {
  const file = fileURLToPath(new URL(`./${name}.ts`, import.meta.url))
  const environment = { ...process.env, KAFKAJS_NO_PARTITIONER_WARNING: '1' }
  const options = { env: environment, timeout: timeoutMilliseconds, killSignal: 'SIGKILL' as const }
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [file, ...wordsOf(assignment)], options, (error, output, complaints) => {
      if (error === null) resolve(JSON.parse(output.trim().split('\n').at(-1)!) as Report)
      else reject(new Error(`${name} ${assignment.work} failed: ${error.message}\n${complaints.slice(-1000)}`))
    })
  })
}
