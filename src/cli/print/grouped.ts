/** Numbers as a person reads them. */

/** `1,234`, the same on every machine. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US')
}
