/** A neighbour as steps call it: up or down as the test says, and how many asked at a time while it was down. */
import { setTimeout as delay } from 'node:timers/promises'

export class Neighbour {
  isUp: boolean
  /** Calls, and those that failed. */
  asked = 0
  failed = 0
  /** Most calls at a time since it was last asked to watch. */
  most = 0
  private underWay = 0

  constructor(isUp: boolean) {
    this.isUp = isUp
  }

  readonly ask = async (value: string): Promise<string> => {
    this.asked++
    this.most = Math.max(this.most, ++this.underWay)
    try {
      await delay(2)
      if (this.isUp) return value.toUpperCase()
      this.failed++
      throw new Error('503 service unavailable')
    } finally {
      this.underWay--
    }
  }

  /** From now on. */
  watch(): void {
    this.most = this.underWay
  }
}
