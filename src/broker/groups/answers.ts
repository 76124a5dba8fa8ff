/** Answers that say no. */
import type { Joined, Synced } from './member.ts'

export function refusedJoin(errorCode: number, memberId: string): Joined {
  return {
    errorCode,
    generationId: -1,
    protocolType: null,
    protocolName: null,
    leader: '',
    skipAssignment: false,
    memberId,
    members: [],
  }
}

export function refusedSync(errorCode: number): Synced {
  return { errorCode, protocolType: null, protocolName: null, assignment: Buffer.alloc(0) }
}
