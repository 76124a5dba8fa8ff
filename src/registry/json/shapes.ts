/** Whether JSON values are equal, whatever the order of their keys, each looked at once however often it is asked. */
export class Shapes {
  private readonly byText = new Map<string, number>()
  private readonly byValue = new Map<object, number>()
  private readonly referring = new Set<number>()

  /** A number that all values equal to this one have, and no other. */
  of(value: unknown): number {
    if (typeof value !== 'object' || value === null) return this.numberOf(JSON.stringify(value) ?? 'undefined')
    const known = this.byValue.get(value)
    if (known !== undefined) return known
    const entries = Object.entries(value)
    const parts = entries.map(([name, part]) => [JSON.stringify(name), this.of(part)] as const)
    // Places of an array are in order already.
    if (!Array.isArray(value)) parts.sort(([one], [other]) => (one < other ? -1 : 1))
    const shape = this.numberOf(`${Array.isArray(value) ? 'list' : 'object'} ${parts.join()}`)
    if (parts.some(([name, part]) => name === '"$ref"' || this.referring.has(part))) this.referring.add(shape)
    this.byValue.set(value, shape)
    return shape
  }

  /** True when somewhere in the value there is a `$ref`: what it means depends on where it stands. */
  refers(value: unknown): boolean {
    return this.referring.has(this.of(value))
  }

  private numberOf(text: string): number {
    const number = this.byText.get(text) ?? this.byText.size
    this.byText.set(text, number)
    return number
  }
}
