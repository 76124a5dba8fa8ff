/**
 * What every engine must write for every work: the same fields under the same names, so that results can be compared
 * before speed. Field names are those of the reference's SQL; times are milliseconds since 1970, ids and times integers.
 * What the SQL leaves open is said in `notes`, which all engines follow.
 */

export type InputName = 'persons' | 'auctions' | 'bids' | 'side'

/** A work's result, as a table of the reference would declare it. */
export interface Specification {
  /** The topics that are read. The records of a work are the records in them, those of `side` apart. */
  readonly inputs: readonly InputName[]
  /** Of each row, in order. */
  readonly fields: readonly string[]
  /** `append`: every row counts, in any order. `upsert`: the last row of a key counts, a null value deletes it. */
  readonly kind: 'append' | 'upsert'
  /** The fields that tell the rows of an upsert apart; none for append. */
  readonly key: readonly string[]
  /** Relative, of numbers. */
  readonly tolerance: number
  /** Results of processing time differ from run to run. */
  readonly compared: boolean
  /** The field in which a row's window begins or ends, for engines that cannot close the last windows. */
  readonly window: RowWindow | null
  /** What the SQL leaves open, or a user could take otherwise. */
  readonly notes: readonly string[]
}

/** The end of a row's window is `row[field] + untilEnd`, at the latest. */
export interface RowWindow {
  readonly field: string
  readonly untilEndMilliseconds: number
}

const bid = ['auction', 'bidder', 'price', 'channel', 'url', 'dateTime', 'extra'] as const
const auction = [
  'id',
  'itemName',
  'description',
  'initialBid',
  'reserve',
  'dateTime',
  'expires',
  'seller',
  'category',
  'extra',
] as const
const ranks = ['total_bids', 'rank1_bids', 'rank2_bids', 'rank3_bids'] as const
const distinct = [
  'total_bidders',
  'rank1_bidders',
  'rank2_bidders',
  'rank3_bidders',
  'total_auctions',
  'rank1_auctions',
  'rank2_auctions',
  'rank3_auctions',
] as const

const tenSeconds = 10_000
const plain = { tolerance: 0, compared: true, window: null, notes: [] } as const

function append(inputs: readonly InputName[], fields: readonly string[], more: Partial<Specification> = {}) {
  return { ...plain, inputs, fields, kind: 'append', key: [], ...more } as const
}

function upsert(
  inputs: readonly InputName[],
  key: readonly string[],
  fields: readonly string[],
  more: Partial<Specification> = {},
) {
  return { ...plain, inputs, fields, kind: 'upsert', key, ...more } as const
}

const euros = append(['bids'], ['auction', 'bidder', 'price', 'dateTime', 'extra'], { tolerance: 1e-9 })
const countFields = ['auction', 'start', 'bids'] as const
const startsHere = (field: string): RowWindow => ({ field, untilEndMilliseconds: tenSeconds })
const endsHere = (field: string): RowWindow => ({ field, untilEndMilliseconds: 0 })
const dayNote = "day: 'yyyy-MM-dd' in UTC; ranks of price: < 10000, < 1000000, the rest"

/**
 * Every work by its name on the command line.
 * @example specifications.q2.fields // ['auction', 'price']
 */
export const specifications = {
  map: euros,
  'windowed-count-final': append(['bids'], countFields, { window: startsHere('start') }),
  'windowed-count-updates': upsert(['bids'], ['auction', 'start'], countFields),
  q0: append(['bids'], ['auction', 'bidder', 'price', 'dateTime', 'extra']),
  q1: euros,
  q2: append(['bids'], ['auction', 'price']),
  q3: append(['persons', 'auctions'], ['name', 'city', 'state', 'id'], { notes: ['id: the auction'] }),
  q4: upsert(['auctions', 'bids'], ['id'], ['id', 'final'], {
    notes: ['id: the category; final: the average, cut to an integer'],
  }),
  q5: append(['bids'], ['auction', 'num', 'starttime'], {
    window: startsHere('starttime'),
    notes: ['starttime is not in the reference: without it rows of two windows cannot be told apart'],
  }),
  q7: append(['bids'], ['auction', 'bidder', 'price', 'dateTime', 'extra'], {
    window: startsHere('dateTime'),
    notes: ['price and bidder under their own names; the reference inserts them the other way round'],
  }),
  q8: append(['persons', 'auctions'], ['id', 'name', 'stime'], { window: startsHere('stime') }),
  q9: upsert(['auctions', 'bids'], ['id'], [...auction, 'auction', 'bidder', 'price', 'bid_dateTime', 'bid_extra']),
  q11: append(['bids'], ['bidder', 'bid_count', 'starttime', 'endtime'], {
    window: endsHere('endtime'),
    notes: ['endtime: of the last bid plus the gap of 10 s'],
  }),
  q12: append(['bids'], ['bidder', 'bid_count', 'starttime', 'endtime'], { compared: false }),
  q13: append(['bids', 'side'], ['auction', 'bidder', 'price', 'dateTime', 'value']),
  q14: append(['bids'], ['auction', 'bidder', 'price', 'bidTimeType', 'dateTime', 'extra', 'c_counts'], {
    tolerance: 1e-9,
    notes: ['bidTimeType: dayTime, nightTime or otherTime by the hour in UTC'],
  }),
  q15: upsert(['bids'], ['day'], ['day', ...ranks, ...distinct], { notes: [dayNote] }),
  q16: upsert(['bids'], ['channel', 'day'], ['channel', 'day', 'minute', ...ranks, ...distinct], {
    notes: [dayNote, "minute: the greatest 'HH:mm'"],
  }),
  q17: upsert(
    ['bids'],
    ['auction', 'day'],
    ['auction', 'day', ...ranks, 'min_price', 'max_price', 'avg_price', 'sum_price'],
    { notes: [dayNote, 'avg_price is cut to an integer'] },
  ),
  q18: upsert(['bids'], ['auction', 'bidder'], bid, { notes: ['of bids at the same time the one that came last'] }),
  q19: upsert(['bids'], ['auction', 'rank_number'], [...bid, 'rank_number'], {
    notes: ['of bids at the same price the one that came first is the better one'],
  }),
  q20: append(
    ['auctions', 'bids'],
    [
      ...['auction', 'bidder', 'price', 'channel', 'url', 'bid_dateTime', 'bid_extra', 'itemName', 'description'],
      ...['initialBid', 'reserve', 'auction_dateTime', 'expires', 'seller', 'category', 'auction_extra'],
    ],
  ),
  q21: append(['bids'], ['auction', 'bidder', 'price', 'channel', 'channel_id'], { notes: ['channel_id is text'] }),
  q22: append(['bids'], ['auction', 'bidder', 'price', 'channel', 'dir1', 'dir2', 'dir3']),
  q23: append(
    ['persons', 'auctions', 'bids'],
    [
      ...['bidder', 'price', 'channel', 'url', 'bid_extra'],
      ...['person_id', 'name', 'emailAddress', 'creditCard', 'city', 'state', 'person_extra'],
      ...['itemName', 'description', 'initialBid', 'reserve', 'auction_dateTime', 'expires', 'seller', 'category'],
      'auction_extra',
    ],
  ),
} as const satisfies Record<string, Specification>

/** A work whose result is specified. */
export type QueryName = keyof typeof specifications

/**
 * The topic into which a system writes a work's result.
 * @example outputTopic('flink', 'q1') // 'out.flink.q1'
 */
export function outputTopic(system: string, work: string): string {
  return `out.${system}.${work}`
}
