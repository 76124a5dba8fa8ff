/** Days and minutes in UTC as text. */

const dayMilliseconds = 86_400_000
const minuteMilliseconds = 60_000

/** Records come in runs of the same day or minute: the last one is remembered. */
function remembered(span: number, textOf: (iso: string) => string): (time: number) => string {
  let number = Number.NaN
  let last = ''
  return (time) => {
    const asked = Math.floor(time / span)
    if (asked !== number) {
      number = asked
      last = textOf(new Date(time).toISOString())
    }
    return last
  }
}

/** @example dayOf(0) // '1970-01-01' */
export const dayOf: (time: number) => string = remembered(dayMilliseconds, (iso) => iso.slice(0, 10))

/** @example minuteOf(61_000) // '00:01' */
export const minuteOf: (time: number) => string = remembered(minuteMilliseconds, (iso) => iso.slice(11, 16))

/** The hour in UTC, 0 to 23. */
export function hourOf(time: number): number {
  return Math.floor(time / 3_600_000) % 24
}
