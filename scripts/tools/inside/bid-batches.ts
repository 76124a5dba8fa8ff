/**
 * Batches of bids as a broker would send them, made as fast as memory is copied: one batch is encoded, every further one is
 * a copy in which the auctions and times, all of one width, are written over.
 */

import { field } from '../../../src/wire/batch/batch-layout.ts'
import { BatchBuilder, type RecordBatch, readBatches, setBaseOffset } from '../../../src/wire/batch.ts'
import { writeInt64 } from '../../../src/wire/numbers.ts'

/** What the bids are like. */
export interface BidShape {
  readonly partitions: number
  /** How many auctions there are. They come in turn, so that each has as many bids as the others. */
  readonly keys: number
  readonly recordsPerBatch: number
}

/** Event time of the first bid. */
export const firstBidTime: number = Date.UTC(2026, 0, 1)
const bidsPerMillisecond = 10
/** Eight digits, however many auctions there are. */
const firstAuction = 10_000_000
const auctionDigits = 8
const timeDigits = 13
const zero = 48
/** Coprime to every number of auctions that is asked for: neighbours in time are no neighbours by name. */
const stride = 7_919

const beforeAuction = '{"auction":'

export class BidBatches {
  readonly shape: BidShape
  private readonly pattern: Buffer
  /** By record of the pattern. */
  private readonly keyAt: readonly number[]
  private readonly auctionAt: readonly number[]
  private readonly timeAt: readonly number[]

  constructor(shape: BidShape) {
    this.shape = shape
    const { recordsPerBatch } = shape
    const builder = new BatchBuilder(recordsPerBatch * 256)
    for (let record = 0; record < recordsPerBatch; record++)
      builder.append(firstBidTime + this.millisecondsAt(record), String(firstAuction), bidAt(record))
    this.pattern = Buffer.from(builder.build({ transactional: true }))
    const places = placesIn(readBatches(this.pattern)[0]!)
    this.keyAt = places.map(({ key }) => key)
    this.auctionAt = places.map(({ value }) => value + beforeAuction.length)
    this.timeAt = places.map(({ value }, record) => value + bidAt(record).indexOf('"dateTime":') + '"dateTime":'.length)
  }

  /** Bytes of each batch. */
  get bytes(): number {
    return this.pattern.length
  }

  /** The batch of a partition that begins at `offset`. Its memory is the caller's, as that of a network buffer is. */
  batch(partition: number, offset: number): RecordBatch {
    const { partitions, keys, recordsPerBatch } = this.shape
    const bytes = Buffer.from(this.pattern)
    const base = firstBidTime + this.millisecondsAt(offset)
    setBaseOffset(bytes, 0, offset)
    writeInt64(bytes, base, field.baseTimestamp)
    writeInt64(bytes, base + this.millisecondsAt(recordsPerBatch - 1), field.maxTimestamp)
    for (let record = 0; record < recordsPerBatch; record++) {
      // An auction's bids all lie in one partition, as if its number were its hash.
      const turn = ((offset + record) * stride) % Math.max(1, Math.floor(keys / partitions))
      const auction = firstAuction + turn * partitions + partition
      writeDigits(bytes, auction, this.keyAt[record]!, auctionDigits)
      writeDigits(bytes, auction, this.auctionAt[record]!, auctionDigits)
      writeDigits(bytes, base + this.millisecondsAt(record), this.timeAt[record]!, timeDigits)
    }
    return readBatches(bytes)[0]!
  }

  /** Since the first bid: all partitions together have as many bids a second, however many they are. */
  private millisecondsAt(offset: number): number {
    return Math.floor((offset * this.shape.partitions) / bidsPerMillisecond)
  }
}

function bidAt(record: number): string {
  const price = 100 + ((record * 7_717) % 99_999)
  const bidder = 1_000 + ((record * 31) % 1_000)
  const url = `"https://www.nexmark.com/qwe/rty/uiop/item.htm?query=1&channel_id=${record}"`
  const words = `"bidder":${bidder},"price":${price},"channel":"channel-${record}","url":${url}`
  return `${beforeAuction}${firstAuction},${words},"dateTime":${firstBidTime},"extra":"abcdefghijklmnopqrstuvwxyz"}`
}

function placesIn(batch: RecordBatch): { readonly key: number; readonly value: number }[] {
  const places = []
  for (const cursor = batch.cursor(); cursor.next(); ) places.push({ key: cursor.keyStart, value: cursor.valueStart })
  return places
}

function writeDigits(bytes: Buffer, number: number, at: number, digits: number): void {
  let rest = number
  for (let place = at + digits - 1; place >= at; place--) {
    const tenth = Math.floor(rest / 10)
    bytes[place] = zero + rest - tenth * 10
    rest = tenth
  }
}
