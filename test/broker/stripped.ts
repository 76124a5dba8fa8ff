/** The product as it is shipped, plain JavaScript: stripping types while it runs takes memory of its own. */
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Writes `src` and one more file without types below `folder` and gives the path of that file there. */
export function stripped(folder: string, program: string): string {
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  for (const path of [
    ...globSync('src/{broker,wire}/**/*.ts', { cwd: root }),
    ...globSync('src/*.ts', { cwd: root }),
    program,
  ]) {
    const target = join(folder, javaScript(path))
    mkdirSync(dirname(target), { recursive: true })
    const source = stripTypeScriptTypes(readFileSync(join(root, path), 'utf8'))
    writeFileSync(target, source.replaceAll(/(?<=(?:from |import |import\()'[^']+)\.ts'/g, ".js'"))
  }
  return join(folder, javaScript(program))
}

function javaScript(path: string): string {
  return path.replace(/\.ts$/, '.js')
}
