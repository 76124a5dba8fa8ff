/** A Docker engine to test with: the one that is there, or one of our own for as long as it is needed. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sleep, systemClock } from '../tools/world.ts'

export interface Engine {
  /** For `DOCKER_HOST`. */
  readonly host: string
  stop(): Promise<void>
}

const startTimeoutMilliseconds = 30_000

/** @throws Error with a sentence that says why there is none */
export async function provideEngine(): Promise<Engine> {
  const host = process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock'
  if (answers(host)) return { host, stop: async () => undefined }
  if (!exists('dockerd')) throw new Error('no Docker engine answers, and dockerd is not installed')
  if (process.getuid?.() !== 0) throw new Error('no Docker engine answers, and only root can start one')
  return startEngine()
}

async function startEngine(): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-docker-'))
  const host = `unix://${join(folder, 'docker.sock')}`
  const places = ['--data-root', 'data', '--exec-root', 'exec', '--pidfile', 'dockerd.pid']
  const words = [...places.map((word) => (word.startsWith('--') ? word : join(folder, word))), '-H', host]
  const complaints: string[] = []
  const engine = spawn('dockerd', words, { stdio: ['ignore', 'ignore', 'pipe'] })
  engine.stderr.on('data', (chunk: Buffer) => complaints.push(chunk.toString()))
  const dieWithUs = (): void => void engine.kill('SIGTERM')
  process.once('exit', dieWithUs)
  const stop = async (): Promise<void> => {
    process.off('exit', dieWithUs)
    await end(engine)
    rmSync(folder, { recursive: true, force: true })
  }
  const until = systemClock.monotonic() + startTimeoutMilliseconds
  while (!answers(host)) {
    if (engine.exitCode !== null || systemClock.monotonic() > until) {
      await stop()
      throw new Error(`dockerd does not start here: ${complaints.join('').trim().split('\n').at(-1)}`)
    }
    await sleep(systemClock, 200)
  }
  return { host, stop }
}

async function end(engine: ChildProcess): Promise<void> {
  if (engine.exitCode !== null) return
  const ended = once(engine, 'exit')
  engine.kill('SIGTERM')
  await ended
}

function answers(host: string): boolean {
  try {
    execFileSync('docker', ['version'], {
      env: { ...process.env, DOCKER_HOST: host },
      stdio: 'ignore',
      timeout: 10_000,
    })
    return true
  } catch {
    return false
  }
}

export function exists(command: string): boolean {
  try {
    execFileSync('/bin/sh', ['-c', `command -v ${command}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
