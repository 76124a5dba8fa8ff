/** The package as its users have it. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const build = fileURLToPath(new URL('../build.ts', import.meta.url))

/** `npm run build`, for tools that work with `dist/`. @throws Error with what the compiler said */
export async function buildPackage(): Promise<void> {
  await promisify(execFile)(process.execPath, [build])
}
