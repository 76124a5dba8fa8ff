/** From a file to the simulations that it exports. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MillraceError } from '../../index.ts'
import type { Simulation } from '../../testing/index.ts'

/**
 * Every simulation that the file exports, alone or in a list.
 * @throws MillraceError `MR1002` for a file that is missing or exports none, or none of that name
 */
export async function loadSimulations(file: string, name?: string): Promise<Simulation[]> {
  const path = resolve(file)
  if (!existsSync(path)) throw unusable(`There is no file ${file}`, `looked at ${path}`)
  const exported = Object.values((await import(pathToFileURL(path).href)) as Record<string, unknown>)
  const found = exported.flat().filter(isSimulation)
  if (found.length === 0)
    throw unusable(`${file} exports no simulation`, 'a topology alone does not say what is written')
  const named = found.filter((each) => name === undefined || each.name === name)
  if (named.length === 0)
    throw unusable(`${file} exports no simulation ${name}`, `it has ${found.map((each) => each.name)}`)
  return named
}

/** By its shape: the file may have imported another copy of the package. */
function isSimulation(value: unknown): value is Simulation {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'simulation'
}

function unusable(what: string, why: string): MillraceError {
  const fix =
    "Export what simulation() of millrace/testing returns: simulation('counts', counts, { input: [feed(lines, …)] })"
  return new MillraceError('fatal', { code: 'MR1002', what, why, fix })
}
