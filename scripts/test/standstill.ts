/**
 * A reporter that ends a run which stands still, and says where. A test that never gives way to its event loop can't be
 * timed out from within: its file would hold up the run for ever, without a word.
 */
import { execFileSync } from 'node:child_process'
import type { Reporter, TestModule, Vitest } from 'vitest/node'
import { freePorts } from '../kafka/ports.ts'
import { stackOf } from './stack-of.ts'

/** Longer than any test may take. */
const patienceMilliseconds = 300_000

export default class Standstill implements Reporter {
  private readonly modules = new Set<string>()
  private readonly patience: number
  private inspectPort = 0
  private timer: NodeJS.Timeout | undefined

  constructor({ patience = patienceMilliseconds }: { readonly patience?: number } = {}) {
    this.patience = patience
  }

  async onInit({ projects }: Vitest): Promise<void> {
    this.inspectPort = (await freePorts(1))[0]!
    for (const { config } of projects) config.execArgv.push(`--inspect-port=${this.inspectPort}`)
  }

  onTestRunStart(): void {
    this.wait()
  }

  onTestModuleQueued({ relativeModuleId }: TestModule): void {
    this.modules.add(relativeModuleId)
  }

  onTestModuleEnd({ relativeModuleId }: TestModule): void {
    this.modules.delete(relativeModuleId)
    this.wait()
  }

  onTestCaseResult(): void {
    this.wait()
  }

  onTestRunEnd(): void {
    clearTimeout(this.timer)
  }

  private wait(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.end(), this.patience)
  }

  private async end(): Promise<void> {
    console.error(`Nothing has ended for ${this.patience / 1e3} s. Not through:\n  ${[...this.modules].join('\n  ')}`)
    for (const fork of forksOf(process.pid)) {
      const stack = await stackOf(fork, this.inspectPort).catch((error: unknown) => [String(error)])
      console.error(`Process ${fork}:\n  ${stack.slice(0, 20).join('\n  ') || 'waits'}`)
      process.kill(fork, 'SIGKILL')
    }
    process.exit(1)
  }
}

function forksOf(parent: number): number[] {
  const lines = execFileSync('ps', ['-e', '-o', 'pid=', '-o', 'ppid=', '-o', 'args='], { encoding: 'utf8' }).split('\n')
  return lines
    .map((line) => /^ *(\d+) +(\d+) .*--inspect-port/.exec(line))
    .flatMap((found) => (found !== null && Number(found[2]) === parent ? [Number(found[1])] : []))
}
