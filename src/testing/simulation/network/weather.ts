/** What lies between one process and the brokers, as it is at the moment. */
import { type Random, randomInteger } from '../../../random.ts'

/**
 * `cut` swallows nothing: what was sent arrives when the way is open again, as TCP repeats it, or the connection has been
 * given up by then.
 */
export interface Weather {
  /** Milliseconds added to every piece, drawn up to that. */
  delay: number
  /** Bytes a second; null where nothing limits them. */
  bytesPerSecond: number | null
  /** Nothing gets out before. */
  cutOutUntil: number
  /** Nothing gets in before. */
  cutInUntil: number
}

export function fairWeather(): Weather {
  return { delay: 0, bytesPerSecond: null, cutOutUntil: 0, cutInUntil: 0 }
}

/** When a piece that is sent now arrives. */
export function arrival(
  weather: Weather,
  way: 'out' | 'in',
  bytes: number,
  { now, random }: { readonly now: number; readonly random: Random },
): number {
  const { delay, bytesPerSecond, cutOutUntil, cutInUntil } = weather
  const opens = Math.max(now, way === 'out' ? cutOutUntil : cutInUntil)
  const drawn = delay === 0 ? 0 : randomInteger(random, 0, delay)
  return opens + drawn + (bytesPerSecond === null ? 0 : (bytes * 1_000) / bytesPerSecond)
}
