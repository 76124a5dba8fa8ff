/** Kafka answers a JoinGroup before the group it has made can be described, and writes it some milliseconds later. */
import * as apis from '../../src/wire/apis/index.ts'
import { errorCode } from '../../src/wire/errors.ts'
import type { World } from './world.ts'

/** Waits until a group is described as one that is there, where a member of this script has joined it. */
export async function seen(world: World, group: string): Promise<void> {
  if (!world.joined.has(group)) return
  const body = { groups: [world.nameOf(group)], includeAuthorizedOperations: false }
  await world.session.settled(
    () => world.session.client.send(apis.DescribeGroups, 5, body),
    ({ groups }) => (groups[0]!.groupState === 'Dead' ? errorCode.NOT_COORDINATOR : errorCode.NONE),
  )
}
