/** How ours takes part: with fast JSON or with JSON.parse, and where a work has state, with that in memory or in LMDB. */

const ways = ['fast-json', 'json-parse'] as const
const places = ['memory', 'lmdb'] as const

/**
 * The variants of a work, as rows name them. JSON.parse beside LMDB is left out where fast JSON takes part too: what
 * JSON costs is seen with state in memory.
 * @example variantsOf({ isStateful: true }, ['fast-json', 'memory', 'lmdb']) // ['fast-json memory', 'fast-json lmdb']
 */
export function variantsOf({ isStateful }: { readonly isStateful: boolean }, asked: readonly string[]): string[] {
  const json = among(ways, asked)
  if (!isStateful) return json
  const all = json.flatMap((way) => among(places, asked).map((place) => `${way} ${place}`))
  return all.length > 1 && json.length > 1 ? all.filter((variant) => variant !== 'json-parse lmdb') : all
}

/** Who asks for neither gets the first. */
function among(choices: readonly [string, ...string[]], asked: readonly string[]): string[] {
  const found = choices.filter((choice) => asked.includes(choice))
  return found.length === 0 ? [choices[0]] : found
}

/** @example wordsOfVariant('json-parse lmdb') // { json: 'json-parse', isOnDisk: true } */
export function wordsOfVariant(variant: string): { readonly json: string; readonly isOnDisk: boolean } {
  const [json = ways[0], place] = variant.split(' ')
  return { json, isOnDisk: place === 'lmdb' }
}
