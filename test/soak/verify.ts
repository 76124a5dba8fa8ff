/** Hands the soak to the verifier, and starts the witness that reads along. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compile } from '../../src/index.ts'
import type { DoctoredTopic } from './doctor.ts'
import { dumpName } from './dump.ts'
import { compileJava, java } from './java.ts'
import * as topology from './topology.ts'
import { parseVerdict, type Verdict } from './verdict.ts'

const { app, totalsStore } = topology

/** Outputs by the role they play in the verdict. */
const outputs = {
  copies: topology.copies.name,
  joined: topology.joined.name,
  totals: topology.totals.name,
  windows: topology.windows.name,
  sessions: topology.sessions.name,
  lateWindows: topology.lateForWindows.name,
  lateSessions: topology.lateForSessions.name,
  dead: topology.deadLetters,
} as const

const manyRecords = 500_000
const quickMachine = { heap: '256m', compile: 'quick' } as const
const fullMachine = { heap: '2g', compile: 'full' } as const

export type OutputRole = keyof typeof outputs

export function topicOf(role: OutputRole): string {
  return outputs[role]
}

export interface Witness {
  /** Reads what is left, and tells what it saw: `topic-partition` → fingerprint. */
  end(): Promise<Readonly<Record<string, string>>>
}

export interface Case {
  readonly brokers: string
  readonly records: number
  /** What the witness saw. */
  readonly witness: Readonly<Record<string, string>>
  readonly doctored: readonly DoctoredTopic[]
  /** Topics that are judged in the place of outputs. */
  readonly instead?: Readonly<Partial<Record<OutputRole, string>>>
}

export class Verifier {
  readonly #folder: string
  readonly #classes: string

  constructor(folder: string) {
    this.#folder = folder
    this.#classes = join(folder, 'classes')
  }

  async prepare(): Promise<void> {
    mkdirSync(this.#classes, { recursive: true })
    await compileJava(this.#classes)
  }

  startWitness(brokers: string): Witness {
    const { child, answer } = java(this.#classes, quickMachine, 'Witness', [brokers, ...Object.values(outputs)])
    return {
      async end() {
        child.stdin?.end()
        return JSON.parse(await answer) as Record<string, string>
      },
    }
  }

  async judge({ brokers, records, witness, doctored, instead = {} }: Case): Promise<Verdict> {
    const topics = {
      ...outputs,
      ...instead,
      left: topology.left.name,
      right: topology.right.name,
      changelog: `${app}.${totalsStore}.changelog`,
    }
    const internal = compile(topology.soak).internal.map(({ name }) => name)
    const all = [...new Set([...Object.values(topics), ...internal])]
    const dump = join(this.#folder, dumpName)
    const spec = { brokers, group: app, records, topics, all, dump, witness, doctored }
    const file = join(this.#folder, 'spec.json')
    const machine = records < manyRecords ? { ...quickMachine, heap: '1g' } : fullMachine
    writeFileSync(file, JSON.stringify(spec))
    return parseVerdict(await java(this.#classes, machine, 'Verify', [file]).answer)
  }
}
