/**
 * The nodes of a foreign-key join (KIP-213): requests go from the left rows through a topic to the right ones, answers
 * through another one back.
 */
import { json } from '../../serde/json.ts'
import { nullable } from '../../serde/nullable.ts'
import type { Serde } from '../../serde/serde.ts'
import type { TableHost } from '../chain/host.ts'
import { policiesOf } from '../fold.ts'
import type { StepOptions } from '../handler.ts'
import { checkName } from '../names.ts'
import { keyValueStore, orderedStore } from '../node-stores.ts'
import type { AnyNode } from '../nodes/base.ts'
import type { ForeignKeyLeftNode, ForeignKeyResultNode, ForeignKeyRightNode } from '../nodes/joins.ts'
import type { Handler, RepartitionNode } from '../nodes.ts'
import { answerSerde, requestSerde, subscriberSerde } from './messages.ts'

export interface ForeignKeySettings extends StepOptions {
  readonly foreignKey?: Serde<unknown>
  readonly right?: Serde<unknown>
  readonly value?: Serde<unknown>
  readonly tombstones?: 'needed' | 'kafka-streams'
}

interface Given extends Pick<ForeignKeyResultNode, 'name' | 'join' | 'joiner'> {
  readonly foreignKey: Handler<unknown>
  readonly left: TableHost
  readonly right: TableHost
}

/** The last node: those before it are its inputs. */
export function foreignKeyNodes(given: Given, options: ForeignKeySettings): ForeignKeyResultNode {
  const { join, joiner, left, right } = given
  const name = checkName('join', given.name)
  const { tombstones = 'needed', right: rightSerde = json(), value = json() } = options
  const request = leftNode(given, options, tombstones)
  const { keySerde, foreignKeySerde } = request
  const requests = through(`${name}.requests`, request, nullable(foreignKeySerde), requestSerde(keySerde))
  const answer = rightNode(name, [requests, right.node], request)
  const answers = through(`${name}.answers`, answer, keySerde, answerSerde(rightSerde))
  return {
    kind: 'foreign-key-result',
    inputs: Object.freeze([answers, left.node] as const),
    copartitioned: true,
    name,
    join,
    joiner,
    tombstones,
    keySerde,
    stores: Object.freeze([keyValueStore(name, keySerde, value)] as const),
    subscribers: request.stores[0].name,
    ...policiesOf(options),
  }
}

function leftNode(
  { name, join, foreignKey, left, right }: Given,
  options: ForeignKeySettings,
  tombstones: ForeignKeyLeftNode['tombstones'],
): ForeignKeyLeftNode {
  return Object.freeze({
    kind: 'foreign-key-left',
    input: left.node,
    name: `${name}.left`,
    join,
    tombstones,
    foreignKey,
    keySerde: left.keySerde,
    foreignKeySerde: options.foreignKey ?? right.keySerde,
    stores: Object.freeze([orderedStore(`${name}.left`, subscriberSerde as Serde<unknown>, 0)] as const),
    results: name,
    ...policiesOf(options),
  })
}

function rightNode(
  name: string,
  inputs: readonly [AnyNode, AnyNode],
  { join, keySerde, foreignKeySerde }: ForeignKeyLeftNode,
): ForeignKeyRightNode {
  return Object.freeze({
    kind: 'foreign-key-right',
    inputs: Object.freeze(inputs),
    copartitioned: true,
    name: `${name}.right`,
    join,
    keySerde,
    foreignKeySerde,
    stores: Object.freeze([orderedStore(`${name}.right`, json() as Serde<unknown>, 0)] as const),
  })
}

/** Records keep the key they have. */
function through<T>(name: string, input: AnyNode, keySerde: Serde<unknown>, valueSerde: Serde<T>): RepartitionNode {
  return Object.freeze({
    kind: 'repartition',
    input,
    name,
    key: (_value: unknown, { key }: { readonly key: unknown }) => key,
    keySerde,
    valueSerde: valueSerde as Serde<unknown>,
    partitions: null,
  })
}
