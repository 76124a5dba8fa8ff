import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Broker } from '../../src/broker/broker.ts'
import { dispatch } from '../../src/broker/dispatch.ts'
import { handlers } from '../../src/broker/handlers/index.ts'
import { settingsOf } from '../../src/broker/options.ts'
import { decodeResponse, encodeRequest, encodeResponse, isFlexible } from '../../src/wire/codec.ts'
import { errorCode } from '../../src/wire/errors.ts'
import { samplesOf } from '../wire/samples.ts'

const connection = { node: 1, host: '127.0.0.1', signal: new AbortController().signal, mute: () => {} }
let broker: Broker

beforeAll(() => {
  broker = new Broker(settingsOf({ autoCreateTopics: true }))
  broker.topics.create('present', 2)
})
afterAll(() => broker.timers.close())

const everyVersion = [...handlers.values()].flatMap((handler) => {
  const [lowest, highest] = handler.api.versions
  const count = highest - lowest + 1
  return Array.from({ length: count }, (_, index) => ({ handler, name: handler.api.name, version: lowest + index }))
})

/** Points a random request at what is there, and keeps it from waiting. */
function aim(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(aim)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  const aimed: Record<string, unknown> = {}
  for (const [name, each] of Object.entries(value)) aimed[name] = name in targets ? targets[name]!(each) : aim(each)
  return aimed
}

const present = (given: unknown): unknown => (given === null ? null : 'present')
const partition = (): number => 0
const targets: Readonly<Record<string, (given: unknown) => unknown>> = {
  name: present,
  topic: present,
  topicId: () => broker.topics.get('present')!.id,
  partition,
  partitionIndex: partition,
  index: partition,
  fetchOffset: () => 0,
  maxWaitMs: () => 0,
  sessionId: () => 0,
  sessionTimeoutMs: () => 0,
  // What would delete the topic that the other requests are about is left to tests of its own.
  topicNames: () => ['absent'],
}

test.each(everyVersion.filter(({ name }) => name !== 'DeleteTopics'))(
  '$name $version: any request is answered in its version',
  async ({ handler, version }) => {
    const options = { version, flexible: isFlexible(handler.api, version), minLength: 1 }
    const requests = samplesOf(handler.api.request, options).map(aim)
    const property = fc.asyncProperty(requests, async (request) => {
      const frame = encodeRequest(handler.api, version, { correlationId: 7, clientId: 'c' }, request as never)
      const answer = await dispatch(frame.subarray(4), broker, connection)
      expect(answer).not.toBe('close')
      if (typeof answer === 'string' || 'last' in answer) return
      expect(decodeResponse(handler.api, version, Buffer.concat(answer).subarray(4)).correlationId).toBe(7)
    })
    await fc.assert(property, { numRuns: 20, seed: 5 })
  },
)

test.each(everyVersion)('$name $version: any request can be refused', ({ handler, version }) => {
  const options = { version, flexible: isFlexible(handler.api, version), minLength: 1 }
  const property = fc.property(samplesOf(handler.api.request, options), (request) => {
    const complete = {
      coordinatorKeys: [],
      groups: [],
      transactions: [],
      topicNames: [],
      topics: [],
      ...(request as object),
    }
    const refused = handler.refuse(complete, errorCode.NOT_COORDINATOR)
    expect(() => encodeResponse(handler.api, version, 1, refused)).not.toThrow()
  })
  fc.assert(property, { numRuns: 10, seed: 5 })
})
