/** From files to topologies. */
import { existsSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { findFault, MillraceError, toError } from '../faults.ts'
import type { Topology } from '../index.ts'

/**
 * Every topology that the files export, each once, in the order of the files and of their exports.
 * @throws MillraceError `MR1002` for a file that is missing, fails to load, or exports no topology; the topology's own
 * error (`MR4…`) when its definition is refused; `MR4001` when two topologies have the same name
 */
export async function loadTopologies(files: readonly string[]): Promise<Topology[]> {
  const topologies = new Set<Topology>()
  for (const file of files) for (const topology of await topologiesOf(file)) topologies.add(topology)
  refuseSameName([...topologies])
  return [...topologies]
}

async function topologiesOf(file: string): Promise<Topology[]> {
  const path = resolve(file)
  if (!existsSync(path)) throw unusable(`There is no file ${file}`, { why: `looked at ${path}` })
  const found = Object.values(await importModule(file, path)).filter(isTopology)
  if (found.length > 0) return found
  throw unusable(`${file} exports no topology`, {
    fix: "Export what topology() returns: export const counts = topology('counts', …)",
  })
}

async function importModule(file: string, path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>
  } catch (thrown) {
    const fault = findFault(thrown)
    if (fault !== undefined) throw fault
    const error = toError(thrown)
    const why = `${error.name}: ${error.message}${lineOf(error)}`
    throw unusable(
      `${file} cannot be loaded`,
      { why, fix: 'node runs the file alone and shows the whole error' },
      error,
    )
  }
}

/** By its shape: the file may have imported another copy of the package. */
function isTopology(value: unknown): value is Topology {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'topology'
}

function refuseSameName(topologies: readonly Topology[]): void {
  const names = topologies.map((topology) => topology.name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice === undefined) return
  throw new MillraceError('fatal', {
    code: 'MR4001',
    what: `Two topologies are named ${twice}`,
    why: 'the name is the consumer group and the prefix of all internal topics',
    fix: 'Rename one of them',
  })
}

/** Where in the user's code it was thrown; nothing for a syntax error, whose message or stack has no such line. */
function lineOf(error: Error): string {
  const frame = /\(?file:\/\/(\S+?:\d+):\d+\)?/.exec(error.stack ?? '')?.[1]
  return frame === undefined ? '' : ` at ${relative('', frame)}`
}

function unusable(what: string, more: { why?: string; fix?: string }, cause?: unknown): MillraceError {
  return new MillraceError('fatal', { code: 'MR1002', what, ...more }, { cause })
}
