/** The rules of the house. Each takes the files and returns a line per breach: none is what the test asks for. */
import { functionsOf } from './functions.ts'
import { type Import, importsOf } from './imports.ts'
import { mask } from './mask.ts'
import * as rooms from './rooms.ts'

/** Path from the root of the project -> source. */
export type Files = ReadonlyMap<string, string>

const longestFunction = 70
const longestFile = 500
const longestMedian = 100

const worldly =
  /\b(?:Date\.now|performance\.now|process\.hrtime|setTimeout|setInterval|setImmediate|Math\.random|randomUUID|randomBytes|randomInt)\b|\bnew Date\(\)/g
const mayBeWorldly: readonly string[] = ['clock', 'random', 'cli', 'dashboard', 'observe']

export function wrongDirections(files: Files): string[] {
  return eachImport(files, (path, found) => {
    if (path.startsWith('src/')) return refusal(rooms.placeOf(path), found)
    const tools = rooms.publicUsers[path.split('/')[0] as string]
    return tools === undefined ? null : privateUse(path, found, tools)
  })
}

function refusal(place: string, found: Import): string | null {
  const room = rooms.roomOf(place)
  if (room === undefined) return 'stands in a room that the table of the house does not know'
  const { may, types = [], packages = [] } = rooms.arrows[room] as rooms.Arrows
  if (found.file === null)
    return isBuiltIn(found) || packages.includes(found.specifier) ? null : 'a package this room may not use'
  const target = rooms.placeOf(found.file)
  const open = [room, ...rooms.leaves, ...may, ...(found.typeOnly ? types : [])]
  return found.file.startsWith('src/') && open.some((other) => rooms.isWithin(target, other))
    ? null
    : `not below ${room}`
}

function privateUse(path: string, { file, specifier }: Import, tools: readonly string[]): string | null {
  if (file === null)
    return specifier.startsWith('millrace') && !rooms.publicNames.includes(specifier) ? 'not public' : null
  const home = path.split('/')[0] as string
  const open =
    rooms.publicFiles.includes(file) || [home, ...tools].some((room) => rooms.isWithin(rooms.placeOf(file), room))
  return open ? null : 'not public'
}

function isBuiltIn({ specifier }: Import): boolean {
  return specifier.startsWith('node:')
}

function eachImport(files: Files, judge: (path: string, found: Import) => string | null): string[] {
  const breaches: string[] = []
  for (const [path, source] of files) {
    for (const found of importsOf(path, source)) {
      const why = judge(path, found)
      if (why !== null) breaches.push(`${path} imports ${found.specifier}: ${why}`)
    }
  }
  return breaches
}

/** Types count too: what two files say about each other belongs in one. A line per circle, from its first file in order. */
export function circles(files: Files): string[] {
  const breaches = new Set<string>()
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]): void => {
    const seen = trail.indexOf(path)
    if (seen >= 0) breaches.add(inOrder(trail.slice(seen)))
    if (seen >= 0 || done.has(path)) return
    for (const next of neighbours(files, path)) visit(next, [...trail, path])
    done.add(path)
  }
  for (const path of files.keys()) visit(path, [])
  return [...breaches]
}

function inOrder(circle: readonly string[]): string {
  const first = circle.indexOf([...circle].sort()[0] as string)
  return [...circle.slice(first), ...circle.slice(0, first + 1)].join(' -> ')
}

function neighbours(files: Files, path: string): string[] {
  const found = importsOf(path, files.get(path) ?? '').map((one) => one.file)
  return found.filter((file) => file !== null && files.has(file)) as string[]
}

/** Files of the product that no entry reaches. */
export function deadFiles(files: Files): string[] {
  const reached = new Set<string>()
  const visit = (path: string): void => {
    if (reached.has(path)) return
    reached.add(path)
    neighbours(files, path).forEach(visit)
  }
  rooms.entries.forEach(visit)
  return [...files.keys()].filter((path) => path.startsWith('src/') && !reached.has(path))
}

/** An import of a file that is not there. */
export function brokenImports(files: Files): string[] {
  return eachImport(files, (_path, { file }) =>
    file?.endsWith('.ts') && !files.has(file) ? 'there is no such file' : null,
  )
}

export function longFunctions(files: Files): string[] {
  return [...files].flatMap(([path, source]) =>
    functionsOf(source)
      .filter(({ lines }) => lines > longestFunction)
      .map(({ head, line, lines }) => `${path}:${line} ${lines} lines: ${head}`),
  )
}

export function longFiles(files: Files): string[] {
  const breaches: string[] = []
  for (const [path, source] of files) {
    const isTable = rooms.dataTables.some((table) => table.test(path))
    if (!isTable && lineCount(source) > longestFile) breaches.push(`${path}: ${lineCount(source)} lines`)
  }
  return breaches
}

export function longMedian(files: Files): string[] {
  const lengths = [...files.values()].map(lineCount).sort((one, other) => one - other)
  const median = lengths[Math.floor(lengths.length / 2)] ?? 0
  return median > longestMedian ? [`half of the files have more than ${median} lines`] : []
}

function lineCount(source: string): number {
  return source.trimEnd().split('\n').length
}

/** Clocks, timers and randomness come in as parameters: only then a run can be repeated. */
export function worldlyCalls(files: Files): string[] {
  const breaches: string[] = []
  for (const [path, source] of files) {
    if (!path.startsWith('src/') || mayBeWorldly.some((room) => rooms.isWithin(rooms.placeOf(path), room))) continue
    for (const [line, text] of mask(source).split('\n').entries()) {
      for (const [word] of text.matchAll(worldly)) breaches.push(`${path}:${line + 1} ${word}`)
    }
  }
  return breaches
}
