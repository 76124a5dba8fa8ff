import { expect, test } from 'vitest'
import { readRequest, Tally } from '../../../bench/peers/kafkajs/request.ts'
import { type Bid, works } from '../../../bench/peers/kafkajs/works.ts'
import { wordsOf } from '../../../bench/peers/peer.ts'

const request = { brokers: 'b:1', work: 'q0', app: 'a', output: 'o', threads: 1 }

test('a peer in JavaScript reads the words that it is given', () => {
  expect(readRequest(wordsOf(request))).toEqual(request)
  expect(readRequest(wordsOf({ ...request, records: 7 }))).toEqual({ ...request, records: 7 })
  expect(() => readRequest(['--brokers', 'b:1'])).toThrow('--output are needed')
})

test('what is committed is counted until it is enough', async () => {
  const tally = new Tally(10)
  tally.started()
  tally.commit(6)
  tally.commit(6)
  tally.commit(6)
  await tally.complete
  expect(JSON.parse(tally.line(0))).toMatchObject({ endedAt: 0, records: 12 })
})

test('windows are counted over batches, each changed one written once a batch', () => {
  const count = works['windowed-count-updates']!()
  const bid = (auction: number, dateTime: number): Bid => {
    return { auction, bidder: 1, price: 1, channel: '', url: '', dateTime, extra: '' }
  }
  const rows = (bids: readonly Bid[]): unknown[] => count(bids).map(({ value }) => JSON.parse(value))
  expect(rows([bid(1, 10_000), bid(1, 19_999), bid(2, 20_000)])).toEqual([
    { auction: 1, start: 10_000, bids: 2 },
    { auction: 2, start: 20_000, bids: 1 },
  ])
  expect(rows([bid(1, 15_000)])).toEqual([{ auction: 1, start: 10_000, bids: 3 }])
})
