/**
 * `npm run check:package`: packs the tarball as npm would publish it, installs it in an empty project, imports every
 * entry of the exports map there, compiles against its types, and takes README's first steps.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  takeFailingSteps,
  takeFirstSteps,
  takeFurtherSteps,
  takeSimulatedSteps,
  takeStateSteps,
} from './first-steps.ts'

const root: string = fileURLToPath(new URL('..', import.meta.url))

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, unknown>>
  readonly peerDependencies: Readonly<Record<string, string>>
}

/** Entries that stand on optional peers; all others must work without them. */
const entriesWithPeers: readonly string[] = ['./avro', './kafkajs', './lmdb', './registry']
const quiet = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']

function run(command: string, words: readonly string[], folder: string): string {
  return execFileSync(command, words, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}

function install(project: string): void {
  const packed = JSON.parse(
    run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', project], root),
  ) as unknown
  const [{ filename, size, entryCount }] = Object.values(packed as object) as [
    { filename: string; size: number; entryCount: number },
  ]
  console.log(`packed ${filename}: ${entryCount} files, ${Math.round(size / 1024)} KiB`)
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }))
  run('npm', ['install', ...quiet, `./${filename}`], project)
}

/** Types are checked without `skipLibCheck`: what they import must come with the package. */
function compile(project: string, entries: readonly string[], moreTypes: readonly string[]): void {
  const lines = entries.map((entry, index) => `export * as entry${index} from '${entry}'`)
  writeFileSync(join(project, 'use.ts'), `${lines.join('\n')}\n`)
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable', ...moreTypes],
    module: 'nodenext',
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }))
  run(join(root, 'node_modules/.bin/tsc'), ['-p', '.'], project)
}

function importAll(project: string, entries: readonly string[]): void {
  for (const entry of entries) {
    const code = `import('${entry}').then((found) => console.log(Object.keys(found).length))`
    const names = Number(run(process.execPath, ['--input-type=module', '--eval', code], project))
    if (!(names > 0)) throw new Error(`${entry} exports nothing`)
    console.log(`${entry}: ${names} names`)
  }
}

const project = mkdtempSync(join(tmpdir(), 'millrace-package-'))
try {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest
  const paths = Object.keys(manifest.exports)
  const nameOf = (path: string): string => manifest.name + path.slice(1)
  install(project)
  const plain = paths.filter((path) => !entriesWithPeers.includes(path)).map(nameOf)
  importAll(project, plain)
  compile(project, plain, [])
  const peers = Object.entries(manifest.peerDependencies).map(([name, range]) => `${name}@${range}`)
  run('npm', ['install', ...quiet, ...peers], project)
  importAll(project, entriesWithPeers.map(nameOf))
  // The registry's client speaks of XMLHttpRequest in its types.
  compile(project, entriesWithPeers.map(nameOf), ['dom'])
  const help = run('npx', ['--no-install', 'millrace', '--help'], project)
  if (!help.includes('Usage: millrace')) throw new Error(`millrace --help printed: ${help}`)
  await takeFirstSteps(project)
  takeSimulatedSteps(project)
  await takeStateSteps(project)
  await takeFailingSteps(project)
  await takeFurtherSteps(project)
  console.log(`${manifest.name} installs, imports, compiles and runs in an empty project`)
} finally {
  rmSync(project, { recursive: true, force: true })
}
