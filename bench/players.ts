/** Who takes part in a work of Nexmark: ours in each variant, and each peer that can do it. */
import { recreateTopics } from '../scripts/tools/topics.ts'
import { type Contest, peersOf, peerVariant } from './contest.ts'
import { recordsOf } from './input.ts'
import { Judge } from './judge.ts'
import { outputTopic } from './nexmark/specification.ts'
import type { NexmarkWork } from './nexmark/works.ts'
import { takeOwnTurn } from './own-turn.ts'
import { prefixOf, takePeerTurn } from './peers/turn.ts'
import type { Player } from './rounds.ts'
import { variantsOf } from './variants.ts'
import { ownWork } from './work.ts'

/** Their windows close when a later record comes, and behind the last there is none. */
const leaveWindowsOpen: readonly string[] = ['kafka-streams', 'quix', 'kafkats']

/** All of them, ours first. */
export function playersOf(contest: Contest, work: NexmarkWork): Player[] {
  const judge = new Judge(contest.place, work, contest.events)
  return [...ourPlayers(contest, work, judge), ...peerPlayers(contest, work, judge)]
}

function ourPlayers({ place, options, events }: Contest, work: NexmarkWork, judge: Judge): Player[] {
  const own = ownWork(work)
  const records = recordsOf(work.specification, events)
  const ways = variantsOf(own, options.variants).flatMap((variant) =>
    options.threads.map((threads) => ({ variant, threads })),
  )
  return ways.map(({ variant, threads }) => {
    const contestant = { system: 'millrace', version: place.version, variant, threads }
    return {
      contestant,
      async turn(round) {
        const turn = await takeOwnTurn(place, own, contestant, records)
        await judge.judge({
          name: `${variant} ${threads}`,
          topic: own.output,
          round,
          closesWindows: true,
          prefix: null,
        })
        // Outputs of all works and systems together would fill the disk.
        await recreateTopics(place.kafka, [own.output, ...own.internal], [])
        return turn
      },
    }
  })
}

function peerPlayers(contest: Contest, work: NexmarkWork, judge: Judge): Player[] {
  const { place, events } = contest
  const records = recordsOf(work.specification, events)
  return peersOf(contest, work.name).map(({ peer, threads }) => {
    const topic = outputTopic(peer.name, work.name)
    const closesWindows = !leaveWindowsOpen.includes(peer.name)
    const suspect = { name: `${peer.name} ${threads}`, topic, closesWindows, prefix: prefixOf(peer, records) ?? null }
    return {
      contestant: { system: peer.name, version: peer.version, variant: peerVariant, threads },
      async turn(round) {
        const turn = await takePeerTurn(place, peer, { work: work.name, output: topic, threads, records })
        await judge.judge({ ...suspect, round })
        await recreateTopics(place.kafka, [topic], [])
        return turn
      },
    }
  })
}
