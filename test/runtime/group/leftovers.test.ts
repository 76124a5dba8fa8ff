import { expect, it } from 'vitest'
import type { TransactionListing } from '../../../src/kafka/port.ts'
import { leftoversOf } from '../../../src/runtime/group/leftovers.ts'

const open = (id: string): TransactionListing => ({ id, producerId: 1, state: 'Ongoing' })
const none: ReadonlySet<string> = new Set()

it('open transactions of threads that are no members are leftovers', () => {
  const transactions = [open('sums-a-0'), open('sums-b-0'), { ...open('sums-c-0'), state: 'Empty' as const }]
  expect(leftoversOf('sums', new Set(['sums-a-0']), transactions, [{ id: 'sums' }])).toEqual(['sums-b-0'])
})

it('those of other applications are not, also when their names begin with ours', () => {
  const transactions = [open('sums-eu-a-0'), open('summary-a-0'), open('other-a-0'), open('sums-a-0')]
  const groups = [{ id: 'sums' }, { id: 'sums-eu' }]
  expect(leftoversOf('sums', none, transactions, groups)).toEqual(['sums-a-0'])
})

it('those of commands that move dead letters are not: they are under way, whoever leads', () => {
  const transactions = [open('sums-redrive-orders-0'), open('sums-redrive-orders'), open('sums-a-0')]
  expect(leftoversOf('sums', none, transactions, [{ id: 'sums' }])).toEqual(['sums-a-0'])
})
