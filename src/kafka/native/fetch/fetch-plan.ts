/** Who can be asked for what at the moment. */

import type { Metadata } from '../cluster/metadata.ts'
import type { Feed } from './feed.ts'
import { heldBytes, pausedLimitOf } from './fetch-budget.ts'

/** A partition may read ahead so much, and more where its share of the whole is larger. */
export const partitionMaxBytes: number = 1024 * 1024

interface Source {
  readonly node: number
  /** Ours, where the leader may send us to a replica (KIP-392); empty where it is to serve us itself. */
  readonly rackId: string
}

export interface Read extends Source {
  readonly feeds: Feed[]
}

export interface FetchPlan {
  readonly reads: readonly Read[]
  /** By leader: positions that must be checked before anything is read behind them (KIP-320). */
  readonly doubts: ReadonlyMap<number, readonly Feed[]>
  readonly leaderless: readonly Feed[]
}

export interface PlanTerms {
  /** On the monotonic clock. */
  readonly now: number
  readonly rack: string
  readonly maxBytes: number
  /** What one answer may hold. */
  readonly quota: number
}

/** Feeds keep their order: who stands first is served first. */
export function planFetches(feeds: readonly Feed[], metadata: Metadata, terms: PlanTerms): FetchPlan {
  const reads = new Map<string, Read>()
  const doubts = new Map<number, Feed[]>()
  const leaderless: Feed[] = []
  const share = Math.max(partitionMaxBytes, terms.maxBytes / feeds.length)
  const mayReadPaused = heldBytes(feeds).paused + terms.quota <= pausedLimitOf(terms.maxBytes)
  for (const feed of feeds) {
    if (!isReady(feed, share, mayReadPaused)) continue
    const leader = metadata.leader(feed.place)
    if (leader < 0) leaderless.push(feed)
    else if (isInDoubt(feed, metadata.leaderEpoch(feed.place))) gather(doubts, leader, feed)
    else gatherRead(reads, sourceOf(feed, leader, metadata, terms), feed)
  }
  return { reads: [...reads.values()], doubts, leaderless }
}

function isReady(feed: Feed, share: number, mayReadPaused: boolean): boolean {
  if (feed.isAsked || feed.isResting || feed.error !== null || feed.sizeInBytes >= share) return false
  return !feed.isPaused || (mayReadPaused && !feed.hasPortions && !feed.isTrimmed)
}

/** A position is right in the epoch in which its batch was read. Under another leader it must be checked first. */
function isInDoubt(feed: Feed, epoch: number): boolean {
  if (feed.lastEpoch >= 0 && epoch >= 0 && epoch !== feed.leaderEpoch) return true
  feed.leaderEpoch = epoch
  return false
}

function sourceOf(feed: Feed, leader: number, metadata: Metadata, { now, rack }: PlanTerms): Source {
  const { replica } = feed
  const isOver = replica !== null && (now >= replica.until || metadata.address(replica.node) === undefined)
  if (isOver) feed.replica = null
  return { node: feed.replica?.node ?? leader, rackId: now >= feed.avoidsReplicasUntil ? rack : '' }
}

function gather(doubts: Map<number, Feed[]>, leader: number, feed: Feed): void {
  const ofLeader = doubts.get(leader)
  if (ofLeader === undefined) doubts.set(leader, [feed])
  else ofLeader.push(feed)
}

function gatherRead(reads: Map<string, Read>, { node, rackId }: Source, feed: Feed): void {
  const name = `${node} ${rackId}`
  const read = reads.get(name)
  if (read === undefined) reads.set(name, { node, rackId, feeds: [feed] })
  else read.feeds.push(feed)
}
