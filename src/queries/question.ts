/**
 * What is asked: a path and its parameters, read and checked before anything is looked up. `/stores/<name>/` asks for the
 * key that is an empty text.
 */
import { type Cursor, decodeCursor } from './cursor.ts'
import { badRequest, Refusal } from './refusal.ts'

export interface Question {
  /** Null: which stores there are. */
  readonly store: string | null
  /** As it was written; null: all rows. */
  readonly key: string | null
  /** Bounds of keys, or of times: what they are depends on the store. */
  readonly from: string | null
  readonly to: string | null
  /** As of which time a version is wanted, milliseconds. */
  readonly at: number | null
  readonly limit: number
  readonly cursor: Cursor | null
  readonly partition: number | null
  /** How keys are written in the question: as people write them, or their bytes. */
  readonly keys: 'text' | 'base64'
  /** `bytes`: rows as they are stored. */
  readonly format: 'json' | 'bytes'
  readonly standbyOk: boolean
  /** Say where it can be asked instead of asking there. */
  readonly redirect: boolean
}

const defaultLimit = 100
const highestLimit = 10_000
const storeName = /^[a-zA-Z0-9._-]{1,249}$/

type Parameters = Omit<Question, 'store' | 'key'>

const absent: Parameters = {
  from: null,
  to: null,
  at: null,
  limit: defaultLimit,
  cursor: null,
  partition: null,
  keys: 'text',
  format: 'json',
  standbyOk: false,
  redirect: false,
}

const readers: Readonly<Record<string, (text: string) => Partial<Parameters>>> = {
  from: (from) => ({ from }),
  to: (to) => ({ to }),
  at: (text) => ({ at: timeOf(text) }),
  limit: (text) => ({ limit: wholeNumber('limit', text, 1, highestLimit) }),
  cursor: (text) => ({ cursor: decodeCursor(text) }),
  partition: (text) => ({ partition: wholeNumber('partition', text, 0, 999_999_999) }),
  keys: (text) => ({ keys: oneOf(text, 'keys', ['text', 'base64']) }),
  format: (text) => ({ format: oneOf(text, 'format', ['json', 'bytes']) }),
  'standby-ok': (text) => ({ standbyOk: flag('standby-ok', text) }),
  redirect: (text) => ({ redirect: flag('redirect', text) }),
}

/**
 * @param target as the request line has it: a path, and a query behind a question mark
 * @throws Refusal 400 for what can't be meant, 404 for another path
 */
export function readQuestion(target: string, live: boolean): Question {
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  const parameters = readParameters(new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)))
  return { ...placeOf(path, live), ...parameters }
}

function placeOf(path: string, live: boolean): Pick<Question, 'store' | 'key'> {
  const [first, root, ...steps] = path.split('/')
  if (steps.length === 1 && steps[0] === '') steps.pop()
  if (first !== '' || root !== 'stores') throw notHere()
  if (live && steps.pop() !== 'live') throw notHere()
  const [store = null, key = null, ...more] = steps.map(decoded)
  if (more.length > 0 || (live && store === null)) throw notHere()
  if (store !== null && !storeName.test(store)) throw badRequest('That is no name of a store')
  return { store, key }
}

function notHere(): Refusal {
  const fix = 'GET /stores, /stores/<name>, /stores/<name>/<key>; WebSocket …/live; a slash in a key is %2F'
  return new Refusal(404, 'There is nothing at this path', { fix })
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    throw badRequest('The path is no UTF-8', 'Write bytes that are no letters as %XX')
  }
}

function readParameters(given: URLSearchParams): Parameters {
  const read: Partial<Parameters>[] = []
  for (const name of new Set(given.keys())) {
    const texts = given.getAll(name)
    if (texts.length > 1) throw badRequest(`${name.slice(0, 40)} is given ${texts.length} times`)
    if (!Object.hasOwn(readers, name)) {
      throw badRequest(`There is no parameter ${name.slice(0, 40)}`, `Known are ${Object.keys(readers).join(', ')}`)
    }
    read.push(readers[name]!(texts[0]!))
  }
  return Object.assign({ ...absent }, ...read) as Parameters
}

/** Milliseconds since 1970, or ISO 8601. @throws Refusal 400 */
export function timeOf(text: string): number {
  const time = /^\d{1,16}$/.test(text) ? Number(text) : /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isSafeInteger(time)) return time
  throw badRequest('That is no time', 'Give milliseconds since 1970, or an instant such as 2013-12-31T00:00:00Z')
}

function wholeNumber(name: string, text: string, low: number, high: number): number {
  const value = Number(text)
  if (/^\d{1,16}$/.test(text) && value >= low && value <= high) return value
  throw badRequest(`${name} must be a whole number from ${low} to ${high}`)
}

function oneOf<const T extends string>(text: string, name: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === text)
  if (found !== undefined) return found
  throw badRequest(`${name} must be one of ${allowed.join(', ')}`)
}

function flag(name: string, text: string): boolean {
  return oneOf(text, name, ['true', 'false']) === 'true'
}
