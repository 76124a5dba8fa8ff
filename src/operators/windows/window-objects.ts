/** Windows as handlers see them, made once for as long as they are in use. */
import type { Window } from '../../record.ts'

/** A hopping record belongs to several windows at a time. A power of two. */
const kept = 64

export class WindowObjects {
  private readonly starts: number[] = new Array(kept).fill(-1)
  private readonly ends: number[] = new Array(kept).fill(-1)
  private readonly windows: Window[] = []
  /** What the places of windows are counted in: windows in use at one time should lie in different ones. */
  private readonly unit: number

  constructor(unit = 1) {
    this.unit = unit
  }

  of(start: number, end: number): Window {
    const place = Math.floor(end / this.unit) & (kept - 1)
    if (this.starts[place] === start && this.ends[place] === end) return this.windows[place]!
    const window = Object.freeze({ start: new Date(start), end: new Date(end) })
    this.starts[place] = start
    this.ends[place] = end
    this.windows[place] = window
    return window
  }
}
