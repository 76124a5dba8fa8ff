/** The input of every work. No schema: the engines beside which this is measured check none either. */
import { json, type Topic, text, topic } from '../../src/index.ts'
import type { Bid } from '../bids.ts'

/** Keyed by the auction's id as text. */
export const bids: Topic<string, Bid> = topic('bench.bids', { key: text, value: json<Bid>() })
