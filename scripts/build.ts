/** `npm run build`: `dist/` with JavaScript and types, and the marks that stripping types at run time would not need. */
import { spawnSync } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root: string = fileURLToPath(new URL('..', import.meta.url))
const dist: string = join(root, 'dist')

/** The compiler rewrites imports, but not the text in `new URL`: such a line must choose its ending at run time. */
function unportableUrls(): string[] {
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'))
  return files.flatMap((name) =>
    readFileSync(join(dist, name), 'utf8')
      .split('\n')
      .filter((line) => /new URL\(\s*['"`][^'"`]*\.ts['"`]/.test(line))
      .map((line) => `dist/${name}: ${line.trim()}`),
  )
}

rmSync(dist, { recursive: true, force: true })
const compiler = spawnSync('tsc', ['-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' })
const unportable = compiler.status === 0 ? unportableUrls() : []
for (const line of unportable) console.error(`A .ts file is named where only .js is shipped. ${line}`)
if (compiler.status === 0) chmodSync(join(dist, 'cli/main.js'), 0o755)
process.exitCode = compiler.status === 0 && unportable.length === 0 ? 0 : 1
