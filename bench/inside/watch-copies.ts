type Method = (this: Uint8Array, ...words: never[]) => unknown

/** What each of these copies, by what it is called on, what it gives, and its first argument. */
const copiers: Readonly<Record<string, (self: Uint8Array, result: unknown, first: unknown) => number>> = {
  copy: (_self, copied) => copied as number,
  set: (_self, _result, source) => (source as ArrayLike<number>).length,
  slice: (_self, slice) => (slice as Uint8Array).length,
  copyWithin: ({ length }) => length,
}

/** Counts the bytes that are copied from array to array until it is ended. Only for measuring: it patches what all use. */
export function watchCopies(): { end(): number } {
  let bytes = 0
  const undo = Object.entries(copiers).map(([name, count]) => {
    const owner = (name === 'copy' ? Buffer.prototype : Object.getPrototypeOf(Uint8Array.prototype)) as object
    const method = Reflect.get(owner, name) as Method
    const watched: Method = function (...words) {
      const result = method.apply(this, words)
      bytes += count(this, result, words[0])
      return result
    }
    Reflect.set(owner, name, watched)
    return () => Reflect.set(owner, name, method)
  })
  const concat = Buffer.concat
  Buffer.concat = (...words) => {
    const joined = concat(...words)
    bytes += joined.length
    return joined
  }
  return {
    end() {
      for (const each of undo) each()
      Buffer.concat = concat
      return bytes
    },
  }
}
