/** The client of those who know a worker but not its topology: keys as people write them, rows as JSON. */
import { type Duration, systemClock, toMilliseconds } from '../clock.ts'
import type { GetAnswer, RowsAnswer, StoresAnswer } from './answers.ts'
import { ask, type Connection } from './client-http.ts'

export interface PlainOptions {
  readonly url: string
  readonly token?: string | undefined
  readonly patience: Duration
}

/** Of a question; what is undefined is not asked for. */
export type PlainParameters = Readonly<Record<string, string | undefined>>

/** @example const row = await new PlainClient({ url, patience: { seconds: 5 } }).get('totals', 'alice', {}) */
export class PlainClient {
  private readonly connection: Connection

  constructor({ url, token, patience }: PlainOptions) {
    const base = url.replace(/\/(?:stores\/?)?$/, '')
    this.connection = {
      url: base,
      token: token ?? null,
      patience: toMilliseconds(patience),
      standbyOk: false,
      clock: systemClock,
    }
  }

  async stores(): Promise<StoresAnswer> {
    return (await ask(this.connection, '/stores')) as StoresAnswer
  }

  /** Null where there is no such row; rows where a key has several. */
  async get(store: string, key: string, parameters: PlainParameters): Promise<GetAnswer | RowsAnswer | null> {
    return (await ask(this.connection, `${pathOf(store, key)}?${textOf(parameters)}`)) as GetAnswer | RowsAnswer | null
  }

  /** Page after page, until there are no more. */
  async *scan(store: string, key: string | null, parameters: PlainParameters): AsyncGenerator<RowsAnswer> {
    let cursor: string | undefined
    do {
      const path = key === null ? pathOf(store) : pathOf(store, key)
      const page = (await ask(this.connection, `${path}?${textOf({ ...parameters, cursor })}`)) as RowsAnswer
      yield page
      cursor = page.cursor ?? undefined
    } while (cursor !== undefined)
  }
}

function pathOf(...steps: readonly string[]): string {
  return ['/stores', ...steps.map(encodeURIComponent)].join('/')
}

function textOf(parameters: PlainParameters): string {
  const given = Object.entries(parameters).filter((each): each is [string, string] => each[1] !== undefined)
  return new URLSearchParams(given).toString()
}
