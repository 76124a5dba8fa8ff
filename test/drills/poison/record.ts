/** The records of the drill, each from its number alone: whoever verifies makes them again. */

export interface Order {
  readonly id: number
  readonly customer: string
  readonly cents: number
}

export type Ailment = 'well' | 'no JSON' | 'not UTF-8' | 'another shape' | 'refused by the step'

const ailments: readonly Ailment[] = ['no JSON', 'not UTF-8', 'another shape', 'refused by the step']

/** One in a hundred is poison, the four kinds in turn. */
export function ailmentOf(id: number): Ailment {
  return id % 100 === 37 ? ailments[Math.floor(id / 100) % ailments.length]! : 'well'
}

export function orderOf(id: number): Order {
  return { id, customer: `customer-${id % 5_000}`, cents: (id * 7_919) % 100_000 }
}

export function keyOf(id: number): string {
  return `order-${id}`
}

export function bytesOf(id: number): Buffer {
  const text = JSON.stringify(orderOf(id))
  switch (ailmentOf(id)) {
    case 'well':
      return Buffer.from(text)
    case 'no JSON':
      return Buffer.from(text.slice(0, -3))
    case 'not UTF-8':
      return Buffer.concat([Buffer.from(text.slice(0, 9)), Buffer.from([0xff, 0xfe, 0xc0]), Buffer.from(text.slice(9))])
    case 'another shape':
      return Buffer.from(JSON.stringify({ id, customer: null }))
    case 'refused by the step':
      return Buffer.from(JSON.stringify({ ...orderOf(id), cents: -1 }))
  }
}

/** In their order: a name that repeats, a null value, and bytes that are no text. */
export function headersOf(id: number): { readonly name: string; readonly value: Buffer | null }[] {
  return [
    { name: 'trace', value: Buffer.from(`trace-${id}`) },
    { name: 'trace', value: Buffer.from([0, 255, id % 256]) },
    { name: 'empty', value: null },
  ]
}
