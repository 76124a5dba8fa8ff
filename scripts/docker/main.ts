/**
 * `npm run test:containers`: builds both images, then runs the suite of containers (`test/docker`) on a Docker engine.
 * Where no engine can be started it says why and succeeds; with `--required` it fails then.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { kafkaAvailable, kafkaJars } from '../kafka.ts'
import { type Engine, exists, provideEngine } from './engine.ts'

const commands = ['docker', 'docker-compose']

async function main(): Promise<number> {
  const missing = commands.filter((command) => !exists(command))
  if (missing.length > 0) return leftOut(`${missing.join(' and ')} not installed (Debian: docker.io docker-compose)`)
  const lacking = kafkaAvailable()
  if (lacking !== null) return leftOut(lacking)
  const engine = await provideEngine().catch((error: Error) => error)
  return engine instanceof Error ? leftOut(engine.message) : runOn(engine)
}

function leftOut(why: string): number {
  console.log(`Containers left out: ${why}`)
  return process.argv.includes('--required') ? 1 : 0
}

async function runOn(engine: Engine): Promise<number> {
  const env = { ...process.env, DOCKER_HOST: engine.host, TESTCONTAINERS_RYUK_DISABLED: 'true' }
  try {
    execFileSync(fileOf('kafka-image.sh'), [kafkaJars()], { env, stdio: 'inherit' })
    execFileSync(fileOf('worker-image.sh'), { env, stdio: 'inherit' })
    const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url))
    return (
      spawnSync(process.execPath, [vitest, 'run', '--project', 'containers'], { env, stdio: 'inherit' }).status ?? 1
    )
  } finally {
    await engine.stop()
  }
}

function fileOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url))
}

process.exitCode = await main()
