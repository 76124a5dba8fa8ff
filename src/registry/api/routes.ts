/** Every path of the interface, with what it does. A star is a part of the path that is left open. */
import { schemaTypes } from '../parse.ts'
import { judge, lookUp, register } from '../register.ts'
import { contentOf, deleteLevel, deleteMode, levelOf, modeOf, setLevel, setMode } from '../registry.ts'
import { deleteSubject, deleteVersion, referencesTo, versionOf, versionsOf } from '../subjects.ts'
import { contentBody, versionBody } from './bodies.ts'
import { type Call, fieldsOf, flag, submissionOf } from './call.ts'
import { allSchemas, judgement, subjectNames } from './lists.ts'

export type Handler = (call: Call) => unknown

/** A handler that answers with a text that is JSON already. */
export class Verbatim {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

const first = ({ parameters }: Call): string => parameters[0]!
const second = ({ parameters }: Call): string => parameters[1]!
const idOf = (call: Call): number => Number(/^\d+$/.test(first(call)) ? first(call) : -1)
const version = (call: Call) => versionOf(call.journal.state, first(call), second(call), flag(call, 'deleted'))
const falls = (call: Call): boolean => flag(call, 'defaultToGlobal')

/** `METHOD /path`. */
export const routes: Readonly<Record<string, Handler>> = {
  'GET /': () => ({}),
  'GET /contexts': () => ['.'],
  'GET /schemas': allSchemas,
  'GET /schemas/types': () => schemaTypes,
  'GET /schemas/ids/*': (call) => ({
    ...contentBody(contentOf(call.journal, idOf(call))),
    ...(flag(call, 'fetchMaxId') && { maxId: call.journal.state.highestId }),
  }),
  'GET /schemas/ids/*/schema': (call) => new Verbatim(contentOf(call.journal, idOf(call)).schema),
  'GET /schemas/ids/*/subjects': (call) => [...new Set(placesOf(call).map(({ subject }) => subject))],
  'GET /schemas/ids/*/versions': (call) =>
    placesOf(call).map((each) => ({ subject: each.subject, version: each.version })),

  'GET /subjects': subjectNames,
  'POST /subjects/*': (call) =>
    versionBody(lookUp(call.journal, first(call), submissionOf(call), flag(call, 'deleted'))),
  'DELETE /subjects/*': (call) => deleteSubject(call.journal, first(call), flag(call, 'permanent')),
  'GET /subjects/*/versions': (call) =>
    versionsOf(call.journal.state, first(call), flag(call, 'deleted')).map((each) => each.version),
  'POST /subjects/*/versions': async (call) => ({
    id: (await register(call.journal, first(call), submissionOf(call))).id,
  }),
  'GET /subjects/*/versions/*': (call) => versionBody(version(call)),
  'GET /subjects/*/versions/*/schema': (call) => new Verbatim(version(call).schema),
  'GET /subjects/*/versions/*/referencedby': (call) =>
    referencesTo(call.journal.state, first(call), version(call).version),
  'DELETE /subjects/*/versions/*': (call) =>
    deleteVersion(call.journal, first(call), second(call), flag(call, 'permanent')),

  'POST /compatibility/subjects/*/versions': (call) =>
    judgement(call, judge(call.journal, first(call), null, submissionOf(call))),
  'POST /compatibility/subjects/*/versions/*': (call) =>
    judgement(call, judge(call.journal, first(call), second(call), submissionOf(call))),

  'GET /config': (call) => ({ compatibilityLevel: levelOf(call.journal, null, true) }),
  'PUT /config': async (call) => ({
    compatibility: await setLevel(call.journal, null, fieldsOf(call).compatibility),
  }),
  'DELETE /config': async (call) => ({ compatibilityLevel: await deleteLevel(call.journal, null) }),
  'GET /config/*': (call) => ({ compatibilityLevel: levelOf(call.journal, first(call), falls(call)) }),
  'PUT /config/*': async (call) => ({
    compatibility: await setLevel(call.journal, first(call), fieldsOf(call).compatibility),
  }),
  'DELETE /config/*': async (call) => ({ compatibilityLevel: await deleteLevel(call.journal, first(call)) }),

  'GET /mode': (call) => ({ mode: modeOf(call.journal, null, true) }),
  'PUT /mode': async (call) => ({
    mode: await setMode(call.journal, null, fieldsOf(call).mode, flag(call, 'force')),
  }),
  'DELETE /mode': async (call) => ({ mode: await deleteMode(call.journal, null) }),
  'GET /mode/*': (call) => ({ mode: modeOf(call.journal, first(call), falls(call)) }),
  'PUT /mode/*': async (call) => ({
    mode: await setMode(call.journal, first(call), fieldsOf(call).mode, flag(call, 'force')),
  }),
  'DELETE /mode/*': async (call) => ({ mode: await deleteMode(call.journal, first(call)) }),
}

function placesOf(call: Call) {
  contentOf(call.journal, idOf(call))
  const withDeleted = flag(call, 'deleted')
  return call.journal.state.placesOf(idOf(call)).filter(({ deleted }) => withDeleted || !deleted)
}
