import fc from 'fast-check'
import { expect, test } from 'vitest'
import { apis } from '../../src/wire/apis/index.ts'
import {
  decodeRequest,
  decodeRequestHeader,
  decodeResponse,
  encodeRequest,
  encodeResponse,
  isFlexible,
} from '../../src/wire/codec.ts'
import { WireError } from '../../src/wire/wire-error.ts'
import { samplesOf } from './samples.ts'

const everyVersion = [...apis.values()].flatMap((api) => {
  const [lowest, highest] = api.versions
  return Array.from({ length: highest - lowest + 1 }, (_, index) => ({ api, name: api.name, version: lowest + index }))
})

test.each(everyVersion)('$name $version: what is written is read back', ({ api, version }) => {
  const options = { version, flexible: isFlexible(api, version) }
  const messages = fc.tuple(samplesOf(api.request, options), samplesOf(api.response, options))
  fc.assert(
    fc.property(messages, ([request, response]) => {
      const sent = encodeRequest(api, version, { correlationId: 5, clientId: null }, request as never).subarray(4)
      const { bodyOffset } = decodeRequestHeader(sent)
      expect(decodeRequest(api, version, sent, bodyOffset)).toMatchObject(request as object)
      const answer = encodeResponse(api, version, 5, response as never).subarray(4)
      expect(decodeResponse(api, version, answer).body).toMatchObject(response as object)
    }),
    { numRuns: 15, seed: 11 },
  )
})

test.each(everyVersion)('$name $version: every cut and every changed byte is read or refused', ({ api, version }) => {
  const options = { version, flexible: isFlexible(api, version), minLength: 1 }
  const [response] = fc.sample(samplesOf(api.response, options), { numRuns: 1, seed: 3 })
  const frame = encodeResponse(api, version, 5, response as never).subarray(4)
  for (let length = 0; length < frame.length; length++) {
    expect(() => decodeResponse(api, version, frame.subarray(0, length))).toThrow(WireError)
  }
  for (let at = 4; at < frame.length; at++) {
    for (const byte of [0, 0x7f, 0x80, 0xff]) {
      const changed = Buffer.from(frame)
      changed[at] = byte
      expect(problemOf(() => decodeResponse(api, version, changed))).toSatisfy(isClean)
    }
  }
})

test.each(everyVersion)('$name $version: every cut request is refused', ({ api, version }) => {
  const options = { version, flexible: isFlexible(api, version), minLength: 1 }
  const [request] = fc.sample(samplesOf(api.request, options), { numRuns: 1, seed: 4 })
  const frame = encodeRequest(api, version, { correlationId: 5, clientId: 'x' }, request as never).subarray(4)
  const { bodyOffset } = decodeRequestHeader(frame)
  for (let length = 0; length < bodyOffset; length++) {
    expect(() => decodeRequestHeader(frame.subarray(0, length))).toThrow(WireError)
  }
  for (let length = bodyOffset; length < frame.length; length++) {
    expect(() => decodeRequest(api, version, frame.subarray(0, length), bodyOffset)).toThrow(WireError)
  }
})

function problemOf(action: () => unknown): unknown {
  try {
    action()
    return null
  } catch (problem) {
    return problem
  }
}

function isClean(problem: unknown): boolean {
  return problem === null || problem instanceof WireError
}
