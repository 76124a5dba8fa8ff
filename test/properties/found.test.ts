/** Cases that broke a law once, made small. */
import { expect, test } from 'vitest'
import { memory } from '../../src/state/memory/backend.ts'
import type { Put } from '../streams/case.ts'
import { brokenLaw } from './check.ts'
import { ownCase, ownFamilies } from './own.ts'

const put = (key: string, value: string, time: number): Put => ({ do: 'put', topic: 'left-topic', key, value, time })

const found = [
  {
    law: 'a window of so many records that is opened behind its timeout closes with its record, not with the next mark',
    family: 'count-window-every',
    steps: [put('b', 'v13', 55), put('a', 'v17', 43)],
  },
] as const

test.each(found)('$law', ({ family, steps }) => {
  const own = ownFamilies.find(({ name }) => name === family)!
  const broken = brokenLaw({ ...ownCase(own, 1), steps }, 1, memory, own)
  expect(broken?.error.message ?? null).toBeNull()
})
