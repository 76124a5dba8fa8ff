/** An even stream: at each tick as many records as are due by then. A late tick sends what it has missed. */

/**
 * How many records of `perSecond` are due after so long and not yet sent.
 * @example dueBy(5, 20_000, 0) // 100
 */
export function dueBy(elapsedMilliseconds: number, perSecond: number, sent: number): number {
  return Math.max(0, Math.floor((elapsedMilliseconds * perSecond) / 1000) - sent)
}
