/** The scripts about coordinators, and how they are played to a broker. */
import * as groups from './coordinated-groups.ts'
import * as transactions from './coordinated-transactions.ts'
import * as rebalancing from './rebalancing-groups.ts'
import { Session } from './session.ts'

/** Members a group may have in these scripts. */
export const largestGroup = 3

export const coordinatorScripts: Readonly<Record<string, (session: Session) => Promise<void>>> = {
  ...transactions,
  ...groups,
  ...rebalancing,
}

/** What is answered to a script, a line an answer. */
export async function answersTo(script: string, address: string, protocol: 2 | 0): Promise<string> {
  const session = new Session(address, `topic-${script}`, protocol)
  try {
    await session.createTopic(4)
    await session.findCoordinator('any', 1)
    await session.findCoordinator('any', 0)
    await coordinatorScripts[script]!(session)
  } finally {
    session.client.close()
  }
  return `${session.answers.join('\n')}\n`
}

/** Where the answers of Apache Kafka are kept, for where it cannot run. */
export function recordedAnswers(script: string, protocol: 2 | 0): string {
  return new URL(`../../golden/coordinators/${script}-${protocol}.txt`, import.meta.url).pathname
}

/** An embedded broker with settings like those of the Apache Kafka that answered. */
export function embeddedOptions(transactionVersion: 2 | 0) {
  return {
    features: { transactionVersion },
    markerDelay: { minimum: 5, maximum: 10 },
    groupMaximumSize: largestGroup,
    groupMinimumSessionTimeout: { seconds: 1 },
    transactionCheckInterval: { milliseconds: 100 },
  }
}
