/** Whichever worker is asked, the one that has the key answers. */
import { describe, expect, test } from 'vitest'
import type { GetAnswer, RowsAnswer } from '../../src/queries/answers.ts'
import { ask, introduce, keys, pair, partitionOf, served } from './servers.ts'

const rows = Object.fromEntries(keys.map((key, partition) => [key, partition * 10]))

async function filled(): ReturnType<typeof pair> {
  const [left, right] = await pair()
  left.write({ [keys[0]!]: 0, [keys[1]!]: 10 })
  right.write({ [keys[2]!]: 20, [keys[3]!]: 30 })
  return [left, right]
}

describe('two workers', () => {
  test('a key has the same answer from either, and it says whose rows it comes from', async () => {
    const [left, right] = await filled()
    for (const [key, value] of Object.entries(rows)) {
      const [one, other] = [await ask(left, `/stores/totals/${key}`), await ask(right, `/stores/totals/${key}`)]
      expect(one.body).toEqual(other.body)
      const origin = {
        task: `totals-${partitionOf(key)}`,
        partition: partitionOf(key),
        position: '1',
        lag: '0',
        role: 'active',
      }
      expect(one).toMatchObject({ status: 200, body: { ...origin, row: { key, value } } })
    }
  })
  test('a key that nobody has is not found in the same words', async () => {
    const [left, right] = await filled()
    const replies = [await ask(left, '/stores/totals/nobody'), await ask(right, '/stores/totals/nobody')]
    expect(replies.map(({ status }) => status)).toEqual([404, 404])
    expect(replies[0]!.body).toEqual(replies[1]!.body)
  })
  test('a scan goes through all partitions, whoever has them, in pages of any size', async () => {
    const [left, right] = await filled()
    const whole = (await ask(left, '/stores/totals')).body as RowsAnswer
    expect(whole.rows.map((row) => (row as { value?: unknown }).value)).toEqual([0, 10, 20, 30])
    expect(whole.origins.map(({ partition }) => partition)).toEqual([0, 1, 2, 3])
    for (const limit of [1, 2, 3]) {
      const seen: unknown[] = []
      let target = `/stores/totals?limit=${limit}`
      for (let turn = 0; turn < 8; turn++) {
        const page = (await ask(turn % 2 ? left : right, target)).body as RowsAnswer
        seen.push(...page.rows)
        if (page.cursor === null) break
        target = `/stores/totals?limit=${limit}&cursor=${page.cursor}`
      }
      expect(seen).toEqual(whole.rows)
    }
  })
  test('keys that look like steps of a path reach the other worker as they are', async () => {
    const [left, right] = await pair()
    for (const key of ['..', '.', '%2e%2e', 'a/b', '?', '#', ' ', '\0', 'ü', 'live', 'x'.repeat(500)]) {
      const owner = partitionOf(key) < 2 ? left : right
      owner.write({ [key]: 7 })
      for (const each of [left, right]) {
        expect(await ask(each, `/stores/totals/${encodeURIComponent(key)}`)).toMatchObject({
          status: 200,
          body: { row: { key, value: 7 } },
        })
      }
    }
  })
  test('the key that is an empty text', async () => {
    const [left, right] = await pair()
    const owner = partitionOf('') < 2 ? left : right
    owner.write({ '': 3 })
    for (const each of [left, right])
      expect(await ask(each, '/stores/totals/')).toMatchObject({ status: 200, body: { row: { key: '', value: 3 } } })
  })
  test('?redirect says where instead of asking there', async () => {
    const [left, right] = await filled()
    const path = `/stores/totals/${keys[2]}?redirect=true`
    expect(await ask(left, path)).toMatchObject({
      status: 307,
      headers: { location: `${right.server.address}${path}` },
    })
    expect((await ask(right, path)).status).toBe(200)
  })
})

describe('while a task moves', () => {
  test('nobody has it: 503, when to ask again, and why', async () => {
    const only = await served([0, 1])
    introduce([only, [0, 1]])
    const reply = await ask(only, `/stores/totals/${keys[2]}`)
    expect(reply).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
    expect(reply.body).toMatchObject({
      error: { code: 'MR4201', retryable: true, why: expect.stringContaining('no worker') },
    })
  })
  test('the worker that is said to have it does not: one hop and no more', async () => {
    const left = await served([0])
    const right = await served([1])
    introduce([left, [0]], [right, [1, 2, 3]])
    // Either believes that the other has it.
    right.server.reader.placed(new Map([['totals-2', left.server.address]]))
    expect(await ask(left, `/stores/totals/${keys[2]}`)).toMatchObject({
      status: 503,
      body: { error: { retryable: true } },
    })
  })
  test('the worker that had it is gone', async () => {
    const [left, right] = await filled()
    await right.close()
    expect(await ask(left, `/stores/totals/${keys[2]}`)).toMatchObject({
      status: 503,
      body: { error: { why: expect.stringContaining('does not answer') } },
    })
    expect((await ask(left, `/stores/totals/${keys[0]}`)).status).toBe(200)
  })
  test('it is restored: no answer from what is there already', async () => {
    const [left, right] = await filled()
    right.bench.ready = false
    for (const each of [left, right]) {
      expect(await ask(each, `/stores/totals/${keys[2]}`)).toMatchObject({
        status: 503,
        body: { error: { why: expect.stringContaining('restored') } },
      })
    }
  })
  test('it is given up: its rows are not read any more', async () => {
    const [left] = await filled()
    left.bench.store('totals', 0).close()
    expect((await ask(left, `/stores/totals/${keys[0]}`)).status).toBe(503)
    expect((await ask(left, `/stores/totals/${keys[1]}`)).status).toBe(200)
  })
})

describe('a standby', () => {
  test('it answers who takes it, and says that it lags', async () => {
    const [left] = await filled()
    left.bench.role = 'standby'
    left.server.reader.placed(new Map())
    expect((await ask(left, `/stores/totals/${keys[0]}`)).status).toBe(503)
    const { body } = await ask(left, `/stores/totals/${keys[0]}?standby-ok=true`)
    expect(body).toMatchObject({ role: 'standby', lag: '7', row: { value: 0 } } satisfies Partial<GetAnswer> | object)
  })
})
