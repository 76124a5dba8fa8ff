/** A commit that Kafka has not answered yet. Records are taken meanwhile; nobody else may touch the transaction. */
import type { Transactions } from '../../kafka/port.ts'
import { confirm, type HandedOver } from './commit.ts'
import type { CommittedEnd } from './sent.ts'

type Outcome = { readonly committedEnd: CommittedEnd } | { readonly error: unknown }

export class CommitUnderWay {
  readonly handedOver: HandedOver
  /** True when `outcome` has one. */
  isAnswered = false
  private readonly answer: Promise<Outcome>

  /** @param answered told when Kafka has answered, or can't be heard any more */
  constructor(transactions: Transactions, handedOver: HandedOver, answered: () => void) {
    this.handedOver = handedOver
    this.answer = confirm(transactions, handedOver).then(
      (committedEnd) => ({ committedEnd }),
      (error: unknown) => ({ error }),
    )
    void this.answer.then(() => {
      this.isAnswered = true
      answered()
    })
  }

  /** @throws KafkaError as `Transactions` does */
  async outcome(): Promise<CommittedEnd> {
    const outcome = await this.answer
    if ('error' in outcome) throw outcome.error
    return outcome.committedEnd
  }
}
