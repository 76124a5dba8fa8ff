/** Who coordinates a group or a transactional id, found once and forgotten when it turns out to be wrong. */
import { FindCoordinator } from '../../../wire/apis/10-find-coordinator.ts'
import { errorCode } from '../../../wire/errors.ts'
import type { Api, Response } from '../../../wire/schema.ts'
import { refusal } from '../../faults.ts'
import type { BodyOf, RequestOptions } from '../connection/link.ts'
import type { Cluster, Purpose } from './cluster.ts'

export type CoordinatorKind = 'group' | 'transaction'

const keyTypes: Readonly<Record<CoordinatorKind, number>> = { group: 0, transaction: 1 }
const movedCodes: ReadonlySet<number> = new Set([errorCode.NOT_COORDINATOR, errorCode.COORDINATOR_NOT_AVAILABLE])

export interface CoordinatedOptions extends RequestOptions {
  readonly purpose: Purpose
}

/** The coordinator of one key. */
export class Coordinator {
  readonly #cluster: Cluster
  readonly #kind: CoordinatorKind
  readonly #key: string
  #node: Promise<number> | null = null

  constructor(cluster: Cluster, kind: CoordinatorKind, key: string) {
    this.#cluster = cluster
    this.#kind = kind
    this.#key = key
  }

  /** The node, asked for once. @throws KafkaError `retriable` while there is none */
  node(): Promise<number> {
    if (this.#node === null) {
      const finding = this.#find()
      this.#node = finding
      finding.catch(() => this.forget())
    }
    return this.#node
  }

  forget(): void {
    this.#node = null
  }

  /** Takes notice of an answer's code: true when the coordinator is somewhere else, and forgotten. */
  hasMoved(code: number): boolean {
    if (!movedCodes.has(code)) return false
    this.forget()
    return true
  }

  /**
   * Asks once. A connection that fails is a reason to look for the coordinator again.
   * @throws KafkaError as `Link.request`
   */
  async ask<A extends Api>(api: A, body: BodyOf<A>, options: CoordinatedOptions): Promise<Response<A>> {
    const node = await this.node()
    try {
      return await this.#cluster.link(node, options.purpose).request(api, body, options)
    } catch (error) {
      this.forget()
      throw error
    }
  }

  async #find(): Promise<number> {
    const keyType = keyTypes[this.#kind]
    const answer = await this.#cluster.askAny(FindCoordinator, (version) =>
      version >= 4 ? { keyType, coordinatorKeys: [this.#key] } : { keyType, key: this.#key },
    )
    // Version 4 and later answer for a list of keys, earlier ones for the only key.
    const found = answer.coordinators[0] ?? answer
    if (found.errorCode !== 0) {
      throw refusal(found.errorCode, 'FindCoordinator', `${this.#kind} ${this.#key}`, found.errorMessage)
    }
    // The coordinator's address is taken from the metadata, which may be older than the coordinator.
    if (this.#cluster.metadata.address(found.nodeId) === undefined) await this.#cluster.refresh([])
    return found.nodeId
  }
}
