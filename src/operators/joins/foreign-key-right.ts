/** Keeps who asked for which right row, and answers them: when they ask, and whenever the row changes. */
import type { ForeignKeyAnswer, ForeignKeyRequest, ForeignKeyRightNode } from '../../topology/nodes/joins.ts'
import { KeyBytes } from '../key-bytes.ts'
import type { Forward, Operator } from '../operator.ts'
import type { Build, Site } from '../site.ts'
import { orderedStore } from '../stores.ts'
import { Subscriptions } from './subscriptions.ts'

export const foreignKeyRight: Build<ForeignKeyRightNode> = (site) => new ForeignKeyRight(site)

class ForeignKeyRight implements Operator {
  readonly inputs: readonly Forward[]
  readonly receive: Forward
  readonly hold = 0
  private readonly site: Site<ForeignKeyRightNode>
  private readonly keys: KeyBytes
  private readonly foreignKeys: KeyBytes
  private readonly subscriptions: Subscriptions

  constructor(site: Site<ForeignKeyRightNode>) {
    const { node, environment } = site
    this.site = site
    this.keys = new KeyBytes(node.keySerde, `the foreign-key join ${node.name}`)
    this.foreignKeys = new KeyBytes(node.foreignKeySerde, `the foreign-key join ${node.name}`)
    this.subscriptions = new Subscriptions(orderedStore(environment, node.stores[0].name))
    this.receive = (key, value, time) => this.ask(key, value as ForeignKeyRequest, time)
    this.inputs = [this.receive, (key, value, time) => this.change(key, value, time)]
  }

  private ask(foreignKey: unknown, { instruction, edition, primaryKey }: ForeignKeyRequest, time: number): void {
    const row = foreignKey === null ? undefined : this.site.view(1).get(foreignKey)
    if (foreignKey !== null) this.note(foreignKey, { instruction, edition, primaryKey }, time)
    if (instruction === 'delete' || (instruction === 'answer-if-present' && row === undefined)) return
    const isDelete = instruction === 'delete-and-answer'
    // A left join's row doesn't need the right one, nor does its deletion.
    const alone = row === undefined || (isDelete && this.site.node.join === 'left')
    this.answer(
      primaryKey,
      { edition, right: isDelete ? undefined : row?.value },
      alone ? time : Math.max(time, row.time),
    )
  }

  private note(foreignKey: unknown, { instruction, edition, primaryKey }: ForeignKeyRequest, time: number): void {
    const [outer, inner] = [this.foreignKeys.encode(foreignKey), this.keys.encode(primaryKey)]
    const isDelete = instruction === 'delete' || instruction === 'delete-and-answer'
    if (isDelete) this.subscriptions.delete(outer, inner)
    else this.subscriptions.put(outer, { primaryKey: inner, edition, time })
  }

  private change(foreignKey: unknown, value: unknown, time: number): void {
    for (const subscription of this.subscriptions.of(this.foreignKeys.encode(foreignKey))) {
      const { primaryKey, edition } = subscription
      const answer = { edition, right: value === null ? undefined : value }
      this.answer(this.keys.decode(primaryKey), answer, time)
    }
  }

  private answer(primaryKey: unknown, answer: ForeignKeyAnswer, time: number): void {
    this.site.forward(primaryKey, answer, time, null)
  }
}
