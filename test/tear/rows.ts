/** Which client under which protocol is torn, and whether that is as it must be. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Copy } from '../must-fail/copy.ts'
import { unguarded } from './guard.ts'
import type { Seen } from './writer.ts'

export interface Row {
  readonly protocol: 1 | 2
  readonly guard: boolean
  readonly torn: boolean
  readonly passed: boolean
}

export interface Broker {
  readonly brokers: string
  stop(): Promise<void>
}

/** Starts a broker whose clients come to that protocol. */
export type StartBroker = (protocol: 1 | 2) => Promise<Broker>
export type Say = (remark: string) => void

const whole = '[["x"],["y"]]'
const nothing = '[[],[]]'

/**
 * Four runs: both protocols, with the guard and without it. It is protocol 1 without it that must tear, which proves the
 * test; protocol 2 is safe by itself, since each end of a transaction raises the epoch.
 * @example const rows = await tearRows(startBroker, console.error)
 */
export async function tearRows(start: StartBroker, say: Say): Promise<Row[]> {
  const copy = new Copy()
  try {
    const rows: Row[] = []
    for (const protocol of [1, 2] as const) rows.push(...(await rowsOf(protocol, start, copy, say)))
    return rows
  } finally {
    copy.remove()
  }
}

async function rowsOf(protocol: 1 | 2, start: StartBroker, copy: Copy, say: Say): Promise<Row[]> {
  const broker = await start(protocol)
  try {
    const rows: Row[] = []
    for (const guard of [false, true]) {
      const undo = copy.apply(guard ? [] : unguarded)
      const seen = await write(copy.folder, broker.brokers)
      undo()
      say(`protocol ${protocol}, ${guard ? 'with' : 'without'} the guard: ${JSON.stringify(seen)}`)
      rows.push(rowOf(protocol, guard, seen))
    }
    return rows
  } finally {
    await broker.stop()
  }
}

async function write(folder: string, brokers: string): Promise<Seen> {
  const { stdout } = await promisify(execFile)(process.execPath, ['test/tear/write-once.ts', brokers], { cwd: folder })
  return JSON.parse(stdout) as Seen
}

/** A run in which the abort was not held, or never came, shows nothing and passes nothing. */
export function rowOf(protocol: 1 | 2, guard: boolean, seen: Seen): Row {
  const values = JSON.stringify(seen.values)
  const torn = values !== whole && values !== nothing
  const wasShown = seen.protocol === protocol && seen.held === 1 && seen.released === 1
  const asItMust = guard ? values === whole && seen.refused === null : torn === (protocol === 1)
  return { protocol, guard, torn, passed: wasShown && asItMust }
}
