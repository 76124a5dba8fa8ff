/** What a way to authenticate looks like to those who run it. */
import type { Address } from '../connection/address.ts'

/** Sends one message of the exchange and gives the broker's answer. @throws KafkaError when the broker refuses */
export type Send = (message: Uint8Array) => Promise<Buffer>

export interface Mechanism {
  /** As the protocol writes it: `SCRAM-SHA-256`. */
  readonly name: string
  /**
   * One exchange, from the first message to the last. It resolves when both sides are content.
   * @throws Error when the broker's words break the rules or prove that it does not know the secret
   */
  exchange(send: Send, broker: Address): Promise<void>
}
