/** Cases with the answer that Kafka Streams gave, as files: they run where there is no Java. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { KafkaStreams } from '../peers/streams-driver/driver.ts'
import type { Answer, Case } from './case.ts'
import { families } from './families.ts'
import { expectationFrom, type Family } from './family.ts'
import { judge, type Verdict } from './judge.ts'

export interface Recorded {
  readonly name: string
  readonly about: Case
  /** To the case as the family asks it of Kafka Streams. */
  readonly peer: Answer
}

export const keptFolder: string = fileURLToPath(new URL('kept/', import.meta.url))
export const goldenFolder: string = fileURLToPath(new URL('../golden/streams/', import.meta.url))

export function readRecorded(folder: string): Recorded[] {
  if (!existsSync(folder)) return []
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'))
  return files.sort().flatMap((file) => {
    const read = JSON.parse(readFileSync(join(folder, file), 'utf8')) as readonly Omit<Recorded, 'name'>[]
    return read.map((recorded, index) => ({ ...recorded, name: `${basename(file, '.json')} ${index + 1}` }))
  })
}

/** A case a line. */
export function writeRecorded(folder: string, name: string, recorded: readonly Omit<Recorded, 'name'>[]): string {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${name}.json`)
  writeFileSync(file, `[\n${recorded.map((each) => JSON.stringify(each)).join(',\n')}\n]\n`)
  return file
}

/** Kept cases are part of the linted tree. */
function format(file: string): void {
  const biome = fileURLToPath(new URL('../../node_modules/@biomejs/biome/bin/biome', import.meta.url))
  spawnSync(process.execPath, [biome, 'format', '--write', file])
}

export async function record(family: Family, about: Case, peer: KafkaStreams): Promise<Omit<Recorded, 'name'>> {
  return { about, peer: await peer.ask(family.peerCase?.(about) ?? about) }
}

export async function keep(family: Family, about: Case, seed: number, peer: KafkaStreams): Promise<string> {
  const file = writeRecorded(keptFolder, `${family.name}-${seed}`, [await record(family, about, peer)])
  format(file)
  return file
}

/** Millrace's answer beside the recorded one. */
export function judgeRecorded({ about, peer }: Omit<Recorded, 'name'>): Verdict {
  const family = familyNamed(about.operator)
  return judge(family, about, expectationFrom(family, about, peer))
}

export function familyNamed(name: string): Family {
  const found = families.find((family) => family.name === name)
  if (found === undefined) throw new Error(`No family is named ${name}`)
  return found
}
