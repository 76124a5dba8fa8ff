/**
 * Short texts that were read a moment ago. Keys come again and again: the same text given again costs no call into the
 * engine and no memory, and a Map that it is looked up in knows its hash already.
 */

/** Longer ones cost more to compare than to make. */
const longest = 32
/** A power of two. What is kept is at most so many texts of that length. */
const places = 4_096
/** After so many lookups it is judged whether they were worth it. */
const trialLookups = 4_096
/** Fewer found than this: texts are too different, and for a while nobody looks. */
const worthwhileFinds = 2_048
const restingLookups = 65_536

/**
 * @example
 * const known = new KnownTexts(decodeUtf8)
 * known.read(bytes, start, end) === known.read(bytes, start, end)
 */
export class KnownTexts {
  readonly #decode: (bytes: Buffer, start: number, end: number) => string
  readonly #texts: string[] = new Array<string>(places).fill('')
  #lookups = 0
  #finds = 0
  /** Lookups to be left out. */
  #resting = 0

  constructor(decode: (bytes: Buffer, start: number, end: number) => string) {
    this.#decode = decode
  }

  /** The text in `bytes[start, end)`. @throws what `decode` throws */
  read(bytes: Buffer, start: number, end: number): string {
    const length = end - start
    if (length > longest || this.#resting > 0) return this.#pass(bytes, start, end)
    let hash = length
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193)
    const place = (hash ^ (hash >>> 15)) & (places - 1)
    const known = this.#texts[place]!
    if (this.#lookups++ === trialLookups) this.#judge()
    if (known.length === length && isSame(known, bytes, start)) {
      this.#finds++
      return known
    }
    const text = this.#decode(bytes, start, end)
    this.#texts[place] = text
    return text
  }

  #pass(bytes: Buffer, start: number, end: number): string {
    if (this.#resting > 0) this.#resting--
    return this.#decode(bytes, start, end)
  }

  #judge(): void {
    if (this.#finds < worthwhileFinds) this.#resting = restingLookups
    this.#lookups = 0
    this.#finds = 0
  }
}

/** Whether bytes are the ASCII of a text. Other texts are never found: their characters are not their bytes. */
function isSame(text: string, bytes: Buffer, start: number): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code !== bytes[start + index] || code > 127) return false
  }
  return true
}
