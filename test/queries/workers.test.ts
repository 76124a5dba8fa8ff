/** Workers on a broker: asked, killed, followed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type RunOptions, type RunSummary, run, subscribe } from '../../src/index.ts'
import { partitionFor } from '../../src/kafka/murmur2.ts'
import { type QueryClient, queryClient } from '../../src/queries/index.ts'
import type { Input } from '../contracts/runtime-tools.ts'
import { suiteBench } from '../contracts/suite-bench.ts'
import { unique, until } from '../contracts/tools.ts'
import { bad, type ServedTopology, servedTopology } from './served-topology.ts'

const timeout = 180_000
const partitions = 4
const keys = Array.from({ length: 20 }, (_, at) => `key-${at}`)

describe('workers that answer questions', () => {
  const bench = suiteBench()

  async function made(): Promise<ServedTopology> {
    const served = servedTopology(unique('served'))
    await bench.create(partitions, ...served.topics)
    return served
  }

  const inputs = (values: readonly (readonly [string, number])[]): Input[] =>
    values.map(([key, value], at) => ({
      key,
      value: String(value),
      time: 60_000 + at,
      partition: partitionFor(Buffer.from(key), partitions),
    }))

  interface Worker {
    readonly address: string
    stop(): Promise<RunSummary>
  }

  /** A worker of this process. */
  async function start({ built }: ServedTopology, options: Partial<RunOptions> = {}): Promise<Worker> {
    const stopping = new AbortController()
    const address = Promise.withResolvers<string>()
    const unsubscribe = subscribe(
      'queries.started',
      ({ app, address: at }) => app === built.name && address.resolve(at),
    )
    const ended = run(built, {
      brokers: bench.brokers,
      sessionTimeout: { seconds: 6 },
      queries: { port: 0 },
      signal: stopping.signal,
      ...options,
    })
    ended.catch(address.reject)
    const stop = (): Promise<RunSummary> => {
      stopping.abort()
      return ended
    }
    onTestFinished(() =>
      stop().then(
        () => undefined,
        () => undefined,
      ),
    )
    const found = await address.promise
    unsubscribe()
    return { address: found, stop }
  }

  async function startChild({ built }: ServedTopology): Promise<{ child: ChildProcess; address: string }> {
    const file = fileURLToPath(new URL('child.ts', import.meta.url))
    const child = spawn(process.execPath, [file, built.name, bench.brokers], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    let said = ''
    for await (const part of child.stdout!) {
      said += String(part)
      const [, address] = /^at (\S+)$/m.exec(said) ?? []
      if (address !== undefined) return { child, address }
    }
    throw new Error('the worker ended')
  }

  const asking = (served: ServedTopology, url: string): QueryClient =>
    queryClient(served.built, { url, patience: { minutes: 1 } })

  test('either of two has every key; when one is killed the other has them all', { timeout }, async () => {
    const served = await made()
    await bench.produce(served.items.name, inputs(keys.map((key, at) => [key, at])))
    const { child, address } = await startChild(served)
    const mine = await start(served)
    const [theirs, ours] = [asking(served, address), asking(served, mine.address)]
    await until('both have tasks', async () => {
      const { stores } = (await (await fetch(`${mine.address}/stores`)).json()) as {
        stores: { tasks: { address: string | null }[] }[]
      }
      const at = new Set(stores.flatMap(({ tasks }) => tasks.map((task) => task.address)))
      return at.size === 2 && at.has(address) && at.has(mine.address)
    })
    const valuesBy = (client: QueryClient): Promise<(number | undefined)[]> =>
      Promise.all(keys.map(async (key) => (await client.store(served.sums).get(key))?.value))
    const expected = keys.map((_, at) => at)
    await until('all is committed', async () => String(await valuesBy(theirs)) === String(expected))
    expect(await valuesBy(ours)).toEqual(expected)
    const counted = await all(theirs.store(served.minutes).rows())
    expect(counted.map(({ key }) => key).toSorted()).toEqual(keys.toSorted())
    expect(counted[0]).toMatchObject({ value: 1, window: { start: new Date(60_000), end: new Date(120_000) } })

    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    await exit
    expect(await valuesBy(ours)).toEqual(expected)
    await mine.stop()
  })

  test('a subscription sees what was committed, in order, and nothing of an aborted transaction', {
    timeout,
  }, async () => {
    const served = await made()
    const worker = await start(served, { commitInterval: { milliseconds: 50 } })
    const stopping = new AbortController()
    const seen: number[] = []
    const first = Promise.withResolvers<void>()
    const following = (async () => {
      for await (const event of asking(served, worker.address)
        .store(served.sums)
        .live({ key: 'a', signal: stopping.signal })) {
        if (event.type === 'present') first.resolve()
        if (event.type === 'lost') seen.length = 0
        if (event.type === 'row' || event.type === 'put') seen.push(event.row.value)
      }
    })()
    await first.promise
    const rounds = 12
    for (let round = 1; round <= rounds; round++) {
      // Every third transaction can't be committed as it is.
      const poison: [string, number][] = round % 3 === 0 ? [['b', bad]] : []
      await bench.produce(served.items.name, inputs([['a', 1], ...poison, ['a', 1]]))
      await until('it is committed and told', () => seen.at(-1) === 2 * round)
    }
    stopping.abort()
    await following
    expect(seen).toEqual(seen.toSorted((one, other) => one - other))
    expect(new Set(seen).size).toBe(seen.length)
    const summary = await worker.stop()
    expect(summary.aborts).toBeGreaterThan(0)
    expect(summary.deadLetters).toBe(rounds / 3)
  })

  test('a standby answers who takes it, and says what it is', { timeout }, async () => {
    const served = await made()
    await bench.produce(served.items.name, inputs(keys.map((key, at) => [key, at])))
    const workers = [
      await start(served, { standbys: 1, instance: unique('one') }),
      await start(served, { standbys: 1, instance: unique('other') }),
    ]
    const [first] = workers
    const roles = async (standbyOk: boolean): Promise<Set<string>> => {
      const client = queryClient(served.built, { url: first!.address, standbyOk }).store(served.sums)
      const rows = await Promise.all(keys.map((key) => client.get(key)))
      return new Set(rows.map((row) => (row === undefined ? 'none' : row.origin.role)))
    }
    await until(
      'it has copies of what the other runs',
      async () => String([...(await roles(true))].toSorted()) === 'active,standby',
    )
    expect(await roles(false)).toEqual(new Set(['active']))
    for (const { stop } of workers) await stop()
  })

  test('a subscription outlives the move of its task', { timeout }, async () => {
    const served = await made()
    await bench.produce(served.items.name, inputs([['a', 1]]))
    const first = await start(served)
    const events: string[] = []
    const present = Promise.withResolvers<void>()
    const moved = Promise.withResolvers<void>()
    const stopping = new AbortController()
    let isMoved = false
    const second = await start(served)
    const following = (async () => {
      for await (const event of asking(served, second.address).store(served.sums).live({ signal: stopping.signal })) {
        events.push(event.type)
        if (event.type === 'present') present.resolve()
        if (event.type === 'lost') isMoved = true
        // Its row, or its first change, if nobody had come to it before.
        if (isMoved && 'row' in event && event.row.key === 'a') moved.resolve()
      }
    })()
    await present.promise
    await first.stop()
    await moved.promise
    stopping.abort()
    await following
    expect(events).toContain('lost')
    await second.stop()
  })
})

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}
