/** The fold over the registry's records: by place, by id, by content, whatever order they come in. */
import { describe, expect, test } from 'vitest'
import { randomInteger, seededRandom } from '../../src/random.ts'
import { applyRecord } from '../../src/registry/journal.ts'
import { type Content, contentKey, type Version } from '../../src/registry/model.ts'
import { recordOf } from '../../src/registry/records.ts'
import { State } from '../../src/registry/state.ts'

const content = (schema: string): Content => ({ schemaType: 'AVRO', schema, references: [] })
const version = (subject: string, number: number, id: number, schema: string): Version => ({
  ...content(schema),
  subject,
  version: number,
  id,
  deleted: false,
})
const apply = (state: State, { key, value }: { key: string; value: string | null }) => applyRecord(state, key, value)

describe('what is found by id and by content', () => {
  test('is what a look at everything finds', () => {
    const random = seededRandom(7)
    const state = new State()
    for (let step = 0; step < 2_000; step++) {
      const [subject, number] = [`s${randomInteger(random, 0, 4)}`, randomInteger(random, 1, 4)]
      const id = randomInteger(random, 1, 6)
      const kind = randomInteger(random, 0, 9)
      if (kind === 0) apply(state, recordOf.subjectDeleted(subject, number))
      else if (kind < 3) apply(state, recordOf.schemaGone(subject, number))
      else apply(state, recordOf.schema(version(subject, number, id, `"${randomInteger(random, 0, 5)}"`)))
      const all = state.everywhere()
      for (let each = 0; each <= 7; each++) {
        expect(state.placesOf(each)).toEqual(all.filter((place) => place.id === each))
        const key = contentKey(content(`"${each}"`))
        const ids = all.filter((place) => contentKey(place) === key).map((place) => place.id)
        const found = state.idOf(content(`"${each}"`))
        expect(found === undefined ? ids.length === 0 : ids.includes(found)).toBe(true)
      }
    }
  })
})

describe('a record that somebody wrote wrongly', () => {
  const key = (keytype: string, more: object = {}) => JSON.stringify({ keytype, subject: 's', magic: 1, ...more })
  test.each([
    [key('SCHEMA', { version: 1 }), '{}'],
    [key('SCHEMA', { version: 1 }), '{"subject":"s","version":1,"schema":"\\"int\\""}'],
    [key('SCHEMA', { version: 1 }), '{"subject":"s","version":1,"id":"x","schema":"\\"int\\""}'],
    [key('SCHEMA', { version: 1 }), '{"subject":"s","version":1,"id":2}'],
    [key('SCHEMA', { version: 1 }), '7'],
    [key('DELETE_SUBJECT'), '{}'],
    [key('CONFIG'), '{"compatibilityLevel":"ANY"}'],
    [key('MODE'), '{"mode":7}'],
    ['null', 'null'],
    ['{', '{'],
    [key('NOOP'), '{"highestId":"9"}'],
  ])('%s %s changes nothing', (keyText, value) => {
    const state = new State()
    apply(state, recordOf.schema(version('s', 1, 4, '"string"')))
    applyRecord(state, keyText, value)
    expect(state.everywhere()).toEqual([version('s', 1, 4, '"string"')])
    expect([state.highestId, state.levelInForce('s'), state.modeInForce('s')]).toEqual([4, 'BACKWARD', 'READWRITE'])
  })
})
