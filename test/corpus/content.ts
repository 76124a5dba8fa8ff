/** The files of the corpus: bytes as they are, or, where they would be huge, what they are made of (`*.spec.json`). */
import { readFileSync } from 'node:fs'

/** Parts one behind the other; with `counted` every # is the number of the repetition. */
interface Specification {
  readonly null?: true
  readonly parts?: readonly {
    readonly text?: string
    readonly hex?: string
    readonly times?: number
    readonly counted?: true
  }[]
}

/** The value of a record; null where the file says so. */
export function contentOf(file: string): Buffer | null {
  const bytes = readFileSync(new URL(`files/${file}`, import.meta.url))
  return file.endsWith('.spec.json') ? made(JSON.parse(bytes.toString()) as Specification) : bytes
}

function made({ null: isNull, parts = [] }: Specification): Buffer | null {
  if (isNull) return null
  return Buffer.concat(
    parts.map(({ text = '', hex = '', times = 1, counted }) => {
      if (counted) return Buffer.from(Array.from({ length: times }, (_, at) => text.replaceAll('#', `${at}`)).join(''))
      const part = Buffer.concat([Buffer.from(text), Buffer.from(hex, 'hex')])
      return Buffer.alloc(part.length * times, part)
    }),
  )
}
