/** The harness itself: brokers from jars start, answer, and never outlive who started them. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { answersMetadata } from '../../scripts/kafka/answer.ts'
import { freePorts } from '../../scripts/kafka/ports.ts'
import { kafkaTool, startKafka } from '../../scripts/kafka.ts'

const library: string = fileURLToPath(new URL('../../scripts/kafka.ts', import.meta.url))
const command: string = fileURLToPath(new URL('../../scripts/kafka/command.ts', import.meta.url))
const patience = { timeout: 20_000, interval: 50 }

interface Started {
  readonly port: number
  readonly data: string
}

async function firstLine(child: ChildProcess): Promise<string> {
  const [bytes] = (await once(child.stdout as NonNullable<ChildProcess['stdout']>, 'data')) as [Buffer]
  return String(bytes)
}

test('a broker of the days before transaction protocol 2', async () => {
  const kafka = await startKafka({ features: { transactionVersion: 0 } })
  try {
    const words = ['--bootstrap-server', kafka.brokers, 'describe']
    const { stdout } = await kafkaTool('org.apache.kafka.tools.FeatureCommand', words)
    expect(stdout).toMatch(/transaction\.version.*FinalizedVersionLevel: 0/)
  } finally {
    await kafka.stop()
  }
  expect(await answersMetadata(kafka.port)).toBe(false)
  expect(existsSync(kafka.data)).toBe(false)
})

test('a broker ends with its owner, even when that one is killed', async () => {
  const code = `const { startKafka } = await import(${JSON.stringify(library)})
    const { port, data } = await startKafka()
    console.log(JSON.stringify({ port, data }))
    await new Promise(() => process.stdin.resume())`
  const owner = spawn(process.execPath, ['--input-type=module', '--eval', code], { stdio: ['pipe', 'pipe', 'inherit'] })
  const { port, data } = JSON.parse(await firstLine(owner)) as Started
  expect(await answersMetadata(port)).toBe(true)
  owner.kill('SIGKILL')
  await vi.waitFor(
    async () => expect([await answersMetadata(port), existsSync(data)]).toEqual([false, false]),
    patience,
  )
})

test('of several nodes each is killed and started again by itself, and all end with their owner', async () => {
  const code = `const { startKafka } = await import(${JSON.stringify(library)})
    const kafka = await startKafka({ nodes: 2 })
    await kafka.kill(2)
    console.log(JSON.stringify({ ports: kafka.ports, data: kafka.data }))
    process.stdin.once('data', async () => {
      await kafka.restart(2)
      console.log('restarted')
    })
    process.stdin.resume()`
  const owner = spawn(process.execPath, ['--input-type=module', '--eval', code], { stdio: ['pipe', 'pipe', 'inherit'] })
  const { ports, data } = JSON.parse(await firstLine(owner)) as { ports: [number, number]; data: string }
  const answers = async () => [await answersMetadata(ports[0]), await answersMetadata(ports[1]), existsSync(data)]
  expect(await answers()).toEqual([true, false, true])
  owner.stdin?.write('go on')
  expect(await firstLine(owner)).toContain('restarted')
  expect(await answers()).toEqual([true, true, true])
  owner.kill('SIGKILL')
  await vi.waitFor(async () => expect(await answers()).toEqual([false, false, false]), patience)
})

test('npm run kafka: what it starts goes on until it is stopped, and its data stays', async () => {
  const data = mkdtempSync(join(tmpdir(), 'millrace-kafka-test-'))
  const [port] = (await freePorts(1)) as [number]
  const run = (verb: string): string =>
    execFileSync(process.execPath, [command, verb, '--port', String(port), '--data', data, '--heap', '256m'], {
      encoding: 'utf8',
      stdio: 'pipe',
    })
  try {
    expect(run('start')).toContain(`127.0.0.1:${port}`)
    expect(await answersMetadata(port)).toBe(true)
    expect(() => run('start')).toThrow(/It runs already/)
    expect(run('stop')).toContain('has stopped')
    expect(await answersMetadata(port)).toBe(false)
    expect(() => run('stop')).toThrow(/No broker was started/)
    expect(existsSync(join(data, 'log/meta.properties'))).toBe(true)
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
})
