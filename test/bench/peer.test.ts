import { expect, test } from 'vitest'
import { timesOf, wordsOf } from '../../bench/peers/peer.ts'
import { parseStat } from '../../bench/proc.ts'
import { startProgram } from '../../bench/process.ts'

const request = { brokers: 'b:1', work: 'q0', app: 'a', output: 'o', threads: 2 }

test('a request is words, the same for every peer', () => {
  const words = '--brokers b:1 --work q0 --app a --output o --threads 2'
  expect(wordsOf(request).join(' ')).toBe(words)
  expect(wordsOf({ ...request, records: 5 }).join(' ')).toBe(`${words} --records 5`)
})

test('the last line says when a peer began and ended', () => {
  expect(timesOf('warning\n{"startedAt":1,"endedAt":3}\n')).toEqual({ startedAt: 1, endedAt: 3 })
  expect(timesOf('{"startedAt":1,"endedAt":3,"records":7}').records).toBe(7)
  for (const printed of [
    '',
    'done',
    'null',
    '{"startedAt":1}',
    '{"startedAt":3,"endedAt":3}',
    '{"startedAt":1,"endedAt":3}\nbye',
  ])
    expect(() => timesOf(printed)).toThrow('does not say when it began and ended')
})

test('CPU time is found behind a name with spaces and brackets', () => {
  const stat = '42 (a ) b) S 1 42 42 0 -1 4194560 1 2 3 4 150 50 7 3 20 0 8 0 99 1 1'
  expect(parseStat(stat)).toEqual({ own: 2, children: 0.1 })
})

test('a program tells how it ended and what it used', async () => {
  const script = `const list = []; const until = performance.now() + 300
    while (performance.now() < until) list.push(list.length)
    console.log('first'); console.log('last'); console.error('moan'); process.exit(3)`
  const { ended } = startProgram({ program: process.execPath, arguments: ['-e', script] }, 60_000)
  const { code, signal, stdout, stderr, cpuSeconds, peakRssBytes } = await ended
  expect({ code, signal, stdout, stderr }).toEqual({ code: 3, signal: null, stdout: 'first\nlast\n', stderr: 'moan\n' })
  if (process.platform !== 'linux') return
  expect(cpuSeconds).toBeGreaterThan(0.05)
  expect(peakRssBytes).toBeGreaterThan(20 * 1_048_576)
})

test('a program that is not there is an error, and one that is stopped ends', async () => {
  await expect(startProgram({ program: '/nowhere', arguments: [] }, 1_000).ended).rejects.toThrow('ENOENT')
  const running = startProgram({ program: process.execPath, arguments: ['-e', 'setInterval(() => {}, 1000)'] }, 60_000)
  running.stop()
  expect((await running.ended).signal).toBe('SIGTERM')
})
