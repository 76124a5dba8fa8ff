/** The tasks of a thread whose records wait for answers, as its loop sees them. */
import type { Task } from '../tasks/task.ts'

export class Waits {
  private readonly tasks: () => readonly Task[]
  private readonly wake: () => void
  private notice = Promise.withResolvers<void>()

  /** @param wake told when there is an answer to take */
  constructor(tasks: () => readonly Task[], wake: () => void) {
    this.tasks = tasks
    this.wake = wake
  }

  watch({ flights, failing }: Task): void {
    failing.released = () => this.announce()
    failing.isAllCommitted = () => !this.tasks().some(({ touched }) => touched)
    if (flights !== null) flights.answered = () => this.announce()
  }

  /** A breaker has moved: calls that waited for it begin, or fail; records that waited are taken. */
  askAgain(): void {
    for (const { flights } of this.tasks()) flights?.askAgain()
    this.wake()
  }

  announce(): void {
    this.notice.resolve()
    this.wake()
  }

  /** True while a record of any task waits for an answer. */
  get isWaiting(): boolean {
    return this.tasks().some((task) => task.isWaiting)
  }

  /** True while an answer may come without time going on. */
  get isAsking(): boolean {
    return this.hasAnswers || this.tasks().some(({ flights }) => flights?.isAsking)
  }

  get hasAnswers(): boolean {
    return this.tasks().some(({ flights }) => flights?.hasAnswers)
  }

  /** @throws RewindRequest when the open transaction holds traces of a record that was rejected, or has to wait */
  check(): void {
    for (const { failing } of this.tasks()) failing.check()
  }

  /** A transaction is committed: what waited for that is tried. */
  committed(): void {
    for (const { failing } of this.tasks()) failing.afterCommit()
  }

  /** Nothing more departs until it is let go: a commit is to come, which covers no record that waits. */
  holdBack(isHeldBack: boolean): void {
    for (const { flights } of this.tasks()) if (flights !== null) flights.isHeldBack = isHeldBack
  }

  /** What is held back for the commit comes out where steps wait behind it. */
  emitHeld(): void {
    for (const task of this.tasks()) if (task.flights !== null) task.emitHeld(task.flights)
  }

  /**
   * Waits for all answers that are under way, each no longer than its step may.
   * @param land takes those that have come
   * @throws what landing throws; RewindRequest when the open transaction can't be committed
   */
  async landAll(land: () => void): Promise<void> {
    this.holdBack(true)
    for (land(); this.isWaiting; land()) await this.answer()
    this.check()
  }

  /** Resolves when there is an answer to take. */
  async answer(): Promise<void> {
    if (this.hasAnswers) return
    this.notice = Promise.withResolvers<void>()
    await this.notice.promise
  }
}
