/** `millrace store ls|get|scan`: what workers have in their stores. */
import { readEnvironment } from '../../environment/read.ts'
import { MillraceError } from '../../faults.ts'
import {
  type FoundWorkers,
  findWorkers,
  PlainClient,
  type PlainParameters,
  type RowsAnswer,
} from '../../queries/index.ts'
import { withKafka } from '../topics/client.ts'
import { printGet, printRows, printStores, type StoreOutput } from './print.ts'

/** The flags, parsed. Whom to ask: a worker, or whoever Kafka's groups name. */
export interface StoreFlags {
  readonly url?: string
  readonly brokers?: readonly string[]
  readonly app?: string
  readonly output: StoreOutput
}

export interface GetFlags extends StoreFlags {
  readonly at?: string
  readonly from?: string
  readonly to?: string
  readonly standbyOk?: boolean
}

export interface ScanFlags extends StoreFlags {
  readonly from?: string
  readonly to?: string
  readonly limit: number
  readonly standbyOk?: boolean
}

/** How long a command waits for a task that moves. */
const patience = { seconds: 5 }
const rowsPerPage = 1_000

export async function listCommand(flags: StoreFlags): Promise<void> {
  printStores(await (await clientOf(flags)).stores(), flags.output)
}

/** Exit code 3 where there is no such row. */
export async function getCommand(store: string, key: string, flags: GetFlags): Promise<void> {
  const { at, from, to, standbyOk, output } = flags
  const client = await clientOf(flags)
  const parameters: PlainParameters = { at, from, to, ...(standbyOk && { 'standby-ok': 'true' }) }
  const answer = await client.get(store, key, parameters)
  if (answer === null) throw noRow(store, key)
  if ('row' in answer) return printGet(answer, output)
  if (answer.rows.length === 0 && answer.cursor === null) throw noRow(store, key)
  await printRows(client.scan(store, key, parameters), { store, limit: Number.POSITIVE_INFINITY, output })
}

export async function scanCommand(store: string, flags: ScanFlags): Promise<void> {
  const { from, to, limit, standbyOk, output } = flags
  const client = await clientOf(flags)
  const page = limit === 0 ? rowsPerPage : Math.min(limit, rowsPerPage)
  const parameters: PlainParameters = { from, to, limit: String(page), ...(standbyOk && { 'standby-ok': 'true' }) }
  const pages: AsyncIterable<RowsAnswer> = client.scan(store, null, parameters)
  await printRows(pages, { store, limit: limit === 0 ? Number.POSITIVE_INFINITY : limit, output })
}

async function clientOf({ url, brokers, app }: StoreFlags): Promise<PlainClient> {
  const { queriesToken: token } = readEnvironment(process.env)
  if (url !== undefined) return new PlainClient({ url: checkedUrl(url), token, patience })
  const found = await withKafka(brokers, (kafka) => findWorkers(kafka, app))
  return new PlainClient({ url: onlyOne(found, app).addresses[0]!, token, patience })
}

function checkedUrl(url: string): string {
  if (/^https?:\/\/[^/?#\s]+(?:\/stores)?\/?$/.test(url)) return url
  throw new MillraceError('fatal', {
    code: 'MR1003',
    what: `--url cannot be "${url}"`,
    fix: 'Give scheme, host and port of a worker: --url http://127.0.0.1:8080',
  })
}

function onlyOne(found: readonly FoundWorkers[], app: string | undefined): FoundWorkers {
  if (found.length === 1) return found[0]!
  if (found.length > 1) {
    throw new MillraceError('fatal', {
      code: 'MR1003',
      what: 'Workers of several topologies answer questions',
      why: found.map((each) => each.app).join(', '),
      fix: `Say which: --app ${found[0]!.app}`,
    })
  }
  throw new MillraceError('retry', {
    code: 'MR4201',
    what: app === undefined ? 'No worker of any topology answers questions' : `No worker of ${app} answers questions`,
    why: 'no member of its group says where, or the group is about to agree anew',
    fix: 'Start workers with --queries PORT, or ask again in a moment',
  })
}

function noRow(store: string, key: string): MillraceError {
  return new MillraceError('fatal', { code: 'MR4202', what: `The store ${store} has no row of ${key}` })
}
