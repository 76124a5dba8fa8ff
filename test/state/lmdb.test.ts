import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Clock, systemClock } from '../../src/clock.ts'
import { lmdb } from '../../src/state/lmdb/index.ts'
import { isTrusted, markInUse } from '../../src/state/lmdb/trust.ts'
import type { RowChange, Rows, RowsPlace } from '../../src/state/rows.ts'
import { testStores } from './contract.ts'
import { testPipelined } from './contract-pipelined.ts'
import { type RandomRows, testRandomly } from './contract-random.ts'
import { temporaryDirectory } from './directories.ts'

const place: RowsPlace = { app: 'app', task: 'in-0', store: 'rows', layout: 'points' }

function openRows(): Rows {
  const rows = lmdb(temporaryDirectory()).open(place)
  onTestFinished(() => rows.close())
  return rows
}

function randomRows(): RandomRows {
  const directory = temporaryDirectory()
  return {
    open: () => lmdb(directory).open(place),
    reopen(rows) {
      rows.close()
      return lmdb(directory).open(place)
    },
  }
}

testStores('in LMDB', openRows)
testRandomly('in LMDB', 12, randomRows)
testPipelined('in LMDB', 20, () => lmdb(temporaryDirectory()).open(place))

const environmentOf = (directory: string): string => join(directory, 'app', 'in-0')
const dataFileOf = (directory: string): string => join(environmentOf(directory), 'data.mdb')

function put(rows: Rows, count: number, position: number): void {
  rows.apply(
    Array.from({ length: count }, (_, index) => ({
      key: Buffer.from(`key ${index}`),
      bytes: Buffer.from(`row ${index}`),
      index: null,
      unindex: null,
    })),
    position,
  )
}

/** Files of a directory that this process holds open. */
function openFiles(directory: string): string[] {
  return readdirSync('/proc/self/fd')
    .map((number) => {
      try {
        return readlinkSync(`/proc/self/fd/${number}`)
      } catch {
        return ''
      }
    })
    .filter((path) => path.startsWith(directory))
}

describe('a directory of state', () => {
  test('is found again as it was left, position included', () => {
    const directory = temporaryDirectory()
    const rows = lmdb(directory).open(place)
    put(rows, 1000, 77)
    rows.close()
    const again = lmdb(directory).open(place)
    expect([again.position, again.size]).toEqual([77, 1000])
    expect(again.get(Buffer.from('key 5'))?.toString()).toBe('row 5')
    again.close()
  })

  test('has rows and positions of its own for each store and task', () => {
    const directory = temporaryDirectory()
    const backend = lmdb(directory)
    const places = [place, { ...place, store: 'others' }, { ...place, task: 'a/b 1' }]
    const opened = places.map((each) => backend.open(each))
    for (const [index, rows] of opened.entries()) put(rows, index + 1, index)
    expect(opened.map(({ size, position }) => [size, position])).toEqual([
      [1, 0],
      [2, 1],
      [3, 2],
    ])
    opened[0]!.clear()
    expect(opened.map(({ size, position }) => [size, position])[0]).toEqual([0, -1])
    expect(opened[1]!.size).toBe(2)
    for (const rows of opened) rows.close()
  })

  test('leaves no file open when its stores are closed, also after a scan that was left half way', () => {
    const directory = temporaryDirectory()
    for (let round = 0; round < 50; round++) {
      const backend = lmdb(directory)
      const rows = backend.open(place)
      const others = backend.open({ ...place, store: 'others' })
      put(rows, 10, round)
      for (const { key } of rows.scan(null, null)) if (key.toString() === 'key 3') break
      expect(openFiles(directory).length).toBeGreaterThan(0)
      rows.close()
      others.close()
      expect(openFiles(directory)).toEqual([])
    }
  })

  test('is written by who opened it last only', () => {
    const directory = temporaryDirectory()
    const before = lmdb(directory).open(place)
    put(before, 1, 5)
    const after = lmdb(directory).open(place)
    expect(() => put(before, 2, 9)).toThrow(expect.objectContaining({ kind: 'fenced', code: 'MR4006' }))
    expect(() => before.clear()).toThrow(expect.objectContaining({ kind: 'fenced' }))
    expect([after.position, after.size]).toEqual([5, 1])
    put(after, 3, 6)
    expect([after.position, after.size]).toEqual([6, 3])
    before.close()
    after.close()
  })

  test.each([
    ['cut off', (file: string) => truncateSync(file, Math.floor(statSync(file).size / 2))],
    ['of another program', (file: string) => writeFileSync(file, Buffer.alloc(100_000, 7))],
    ['shorter than its head', (file: string) => writeFileSync(file, Buffer.alloc(100))],
    ['empty', (file: string) => truncateSync(file, 0)],
  ])('begins anew when its file is %s', (_what, damage) => {
    const directory = temporaryDirectory()
    const rows = lmdb(directory).open(place)
    put(rows, 5000, 77)
    rows.close()
    damage(dataFileOf(directory))
    const again = lmdb(directory).open(place)
    expect([again.position, again.size]).toEqual([-1, 0])
    put(again, 10, 3)
    expect(again.size).toBe(10)
    again.close()
  })

  test('begins anew when the machine stopped while it was in use: nothing was synced', () => {
    const directory = temporaryDirectory()
    const rows = lmdb(directory).open(place)
    put(rows, 10, 77)
    rows.close()
    const mark = join(environmentOf(directory), 'in-use')
    expect(readFileSync(mark, 'utf8')).toBe('synced')
    writeFileSync(mark, 'another start of the machine 123')
    const again = lmdb(directory).open(place)
    expect([again.position, again.size]).toEqual([-1, 0])
    again.close()
  })

  test('does not begin anew after a kill where every transaction is synced', () => {
    const directory = temporaryDirectory()
    markInUse(directory, null)
    expect([isTrusted(directory, null), isTrusted(directory, 'a start of the machine')]).toEqual([true, false])
  })

  test('is not said to be synced as long as anyone of the process has it open', () => {
    const directory = temporaryDirectory()
    const one = lmdb(directory).open(place)
    const other = lmdb(directory).open({ ...place, store: 'others' })
    const mark = (): string => readFileSync(join(environmentOf(directory), 'in-use'), 'utf8')
    one.close()
    expect(mark()).not.toBe('synced')
    put(other, 10, 1)
    other.close()
    expect(mark()).toBe('synced')
  })

  test('is closed also where nothing can be marked any more', () => {
    const directory = temporaryDirectory()
    const rows = lmdb(directory).open(place)
    put(rows, 10, 77)
    const mark = join(environmentOf(directory), 'in-use')
    const said = readFileSync(mark, 'utf8')
    rmSync(mark)
    mkdirSync(mark)
    rows.close()
    expect(openFiles(directory)).toEqual([])
    rmSync(mark, { recursive: true })
    writeFileSync(mark, said)
    const again = lmdb(directory).open(place)
    expect([again.position, again.size]).toEqual([77, 10])
    again.close()
  })

  test('is left as it was by a transaction that fails half way', () => {
    const rows = openRows()
    put(rows, 10, 5)
    const failing = function* (): Generator<RowChange> {
      yield { key: Buffer.from('key 1'), bytes: Buffer.from('other'), index: null, unindex: null }
      throw new Error('half way')
    }
    expect(() => rows.apply(failing(), 6)).toThrow('half way')
    expect([rows.position, rows.size, rows.get(Buffer.from('key 1'))?.toString()]).toEqual([5, 10, 'row 1'])
    put(rows, 11, 6)
    expect([rows.position, rows.size]).toEqual([6, 11])
  })

  describe('begins anew when for as long as deletions stay in a changelog nobody', () => {
    function aging(): { readonly open: () => Rows; readonly age: (hours: number) => void } {
      const directory = temporaryDirectory()
      let now = 1_700_000_000_000
      const clock: Clock = { ...systemClock, now: () => now }
      return {
        open: () => lmdb(directory, { clock }).open(place),
        age: (hours) => {
          now += hours * 3_600_000
        },
      }
    }

    test('used it', () => {
      const { open, age } = aging()
      const rows = open()
      put(rows, 10, 77)
      rows.close()
      age(11)
      const young = open()
      expect(young.position).toBe(77)
      young.apply([], 77)
      young.close()
      age(11)
      const used = open()
      expect(used.position).toBe(77)
      used.close()
      age(2)
      const old = open()
      expect([old.position, old.size]).toEqual([-1, 0])
      old.close()
    })

    test('brought it up to date, however often it was opened, and however many rows came in between', () => {
      const { open, age } = aging()
      const rows = open()
      put(rows, 10, 77)
      rows.close()
      for (let round = 0; round < 2; round++) {
        age(5)
        const early = open()
        expect(early.position).toBe(77)
        // Part of a restore that was cut off.
        put(early, 10, 77)
        early.close()
      }
      age(5)
      const old = open()
      expect([old.position, old.size]).toEqual([-1, 0])
      expect(() => put(old, 1, 3)).not.toThrow()
      old.close()
    })
  })

  test('that can not be used is an error with its name', () => {
    const directory = temporaryDirectory()
    const file = join(directory, 'app')
    writeFileSync(file, '')
    expect(() => lmdb(directory).open(place)).toThrow(expect.objectContaining({ kind: 'fatal', code: 'MR4007' }))
    expect(existsSync(file)).toBe(true)
  })

  test('holds every transaction or none of it when the process is killed', async () => {
    const directory = temporaryDirectory()
    const child = spawn(process.execPath, [fileURLToPath(new URL('lmdb-child.ts', import.meta.url)), directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let applied = ''
    for await (const chunk of child.stdout) {
      applied += chunk
      if (applied.split('\n').length > 20) break
    }
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
    const rows = lmdb(directory).open(place)
    // Each transaction puts its position into 100 rows.
    expect(rows.position).toBeGreaterThanOrEqual(20)
    const values = [...rows.scan(null, null)].map(({ bytes }) => Number(bytes.toString()))
    expect(values).toEqual(Array.from({ length: 100 }, () => rows.position))
    rows.close()
  })
})
