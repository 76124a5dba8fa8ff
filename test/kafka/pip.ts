/** librdkafka's Python client, fetched once by pip and kept under `node_modules/.cache`. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const requirement = 'confluent-kafka==2.16.1'
const folder = fileURLToPath(new URL('../../node_modules/.cache/millrace/confluent-kafka-2.16.1', import.meta.url))

/**
 * The folder for `PYTHONPATH`; null, said in one line, where Python or pip is missing.
 * @throws Error where CI=true: there nothing is left out
 */
export function confluentKafka(): string | null {
  if (existsSync(folder)) return folder
  const words = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', folder, requirement]
  const pip = spawnSync('python3', words, { encoding: 'utf8', timeout: 180_000 })
  if (pip.status === 0) return folder
  const why = pip.error?.message ?? pip.stderr.trim().split('\n').at(-1)
  if (process.env.CI === 'true') throw new Error(`Needed where CI=true: confluent-kafka: ${why}`)
  console.log(`confluent-kafka left out: ${why}`)
  return null
}
