/** Pauses a task of whose records too many become dead letters. Records are counted a turn at a time: they cost nothing. */
import type { Task } from '../tasks/task.ts'
import { LetterRate, type RateLimit } from './letter-rate.ts'
import { pauseTask } from './pausing.ts'

export interface LetterWatchPorts {
  /** Null: any number of letters. */
  readonly rateLimit: RateLimit | null
  /** Wall clock, milliseconds. */
  now(): number
}

export class LetterWatch {
  private readonly task: Task
  private readonly ports: LetterWatchPorts
  private readonly rate: LetterRate | null
  /** Of the turn in hand, told to the rate already. */
  private told = 0

  constructor(task: Task, ports: LetterWatchPorts) {
    this.task = task
    this.ports = ports
    this.rate = ports.rateLimit === null ? null : new LetterRate(ports.rateLimit)
  }

  /** @param taken records in the turn so far */
  letter(taken: number): void {
    if (this.rate === null) return
    this.count(taken)
    const reason = this.rate.letter(this.ports.now())
    if (reason === null) return
    const { partition } = this.task.description
    pauseTask(this.task, { reason, topic: '', partition, offset: -1 })
  }

  /** @param taken records in the turn that ends */
  endTurn(taken: number): void {
    this.count(taken)
    this.told = 0
  }

  private count(taken: number): void {
    if (taken > this.told) this.rate?.records(this.ports.now(), taken - this.told)
    this.told = taken
  }
}
