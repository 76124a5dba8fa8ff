import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { evolving } from '../../src/serde/evolving.ts'
import { json } from '../../src/serde/json.ts'
import { number } from '../../src/serde/number.ts'
import type { Serde } from '../../src/serde/serde.ts'
import { text } from '../../src/serde/text.ts'
import { MemoryRows } from '../../src/state/memory/rows.ts'
import { openStore } from '../../src/state/open.ts'
import type { KeyValueStore, StoreSpec } from '../../src/state/store.ts'
import { UndoLog } from '../../src/state/undo.ts'

const TotalV2 = z.object({ total: z.number(), currency: z.string() })
const TotalV3 = z.object({ cents: z.number(), currency: z.string() })

const one = evolving(number)
const two = one.to(json(TotalV2), (total) => ({ total, currency: 'EUR' }))
const three = two.to(json(TotalV3), ({ total, currency }) => ({ cents: total * 100, currency }))

/** As the three versions of a program have stored them: flags, time, version, value. */
const recorded = {
  one: row('00', '4024000000000000', '', '12'),
  two: row('02', '4034000000000000', '0001', '{"total":5,"currency":"USD"}'),
  four: row('02', '4034000000000000', '0003', '{}'),
}

function row(flags: string, time: string, version: string, value: string): Buffer {
  return Buffer.concat([Buffer.from(flags + time + version, 'hex'), Buffer.from(value)])
}

function storeOf<T>(value: Serde<T>, rows: MemoryRows): KeyValueStore {
  const spec: StoreSpec = {
    kind: 'key-value',
    key: text as Serde<unknown>,
    value: value as Serde<unknown>,
    keepsDeleted: false,
    deleteRetention: Number.POSITIVE_INFINITY,
    indexTail: 0,
  }
  return openStore('totals', spec, rows, new UndoLog()) as KeyValueStore
}

function rowsOf(stored: Readonly<Record<string, Buffer>>): MemoryRows {
  const rows = new MemoryRows()
  const changes = Object.entries(stored).map(([key, bytes]) => ({
    key: Buffer.from(key),
    bytes,
    index: null,
    unindex: null,
  }))
  rows.apply(changes, 1)
  return rows
}

describe('an evolving serde', () => {
  test('counts its schemas from 0', () => {
    expect([one.version, two.version, three.version]).toEqual([0, 1, 2])
    expect(one.encode(5)).toBe('5')
    expect(three.encode({ cents: 5, currency: 'EUR' })).toBe('{"cents":5,"currency":"EUR"}')
  })

  test('reads rows that older versions have stored', () => {
    const store = storeOf(three, rowsOf({ one: recorded.one, two: recorded.two }))
    expect(store.get('one')).toMatchObject({ value: { cents: 1200, currency: 'EUR' }, time: 10 })
    expect(store.get('two')).toMatchObject({ value: { cents: 500, currency: 'USD' }, time: 20 })
    expect([...store.rows()].map(({ value }) => value)).toHaveLength(2)
  })

  test('leaves rows in the form they have until they are put again', () => {
    const rows = rowsOf({ one: recorded.one, two: recorded.two })
    const store = storeOf(two, rows)
    const written: unknown[] = []
    store.get('one')
    store.put('two', { total: 6, currency: 'USD' }, 30)
    store.flush((key, value, _time, headers) => written.push([Buffer.from(key).toString(), value, headers]))
    store.commit(2)
    expect(rows.get(Buffer.from('one'))).toEqual(recorded.one)
    const headers = [{ name: '__millrace.version', value: Buffer.from('1') }]
    expect(written).toEqual([['two', '{"total":6,"currency":"USD"}', headers]])
  })

  test('knows the version of a changelog record by its header', () => {
    const store = storeOf(three, new MemoryRows())
    const headers = [{ name: '__millrace.version', value: Buffer.from('1') }]
    store.restore(Buffer.from('new'), Buffer.from('{"total":7,"currency":"USD"}'), 5, headers)
    store.restore(Buffer.from('old'), Buffer.from('7'), 5)
    store.restored(2)
    expect(store.get('new')?.value).toEqual({ cents: 700, currency: 'USD' })
    expect(store.get('old')?.value).toEqual({ cents: 700, currency: 'EUR' })
  })

  test('a row of a version that is not known yet ends the worker, with a reason', () => {
    const store = storeOf(three, rowsOf({ four: recorded.four }))
    expect(() => store.get('four')).toThrow(expect.objectContaining({ kind: 'fatal', code: 'MR4005' }))
    expect(() => storeOf(number, rowsOf({ two: recorded.two })).get('two')).toThrow('schema version 1')
  })
})
