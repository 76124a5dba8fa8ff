/** The schema can't be used; the registry answers 42201. */
export class InvalidSchema extends Error {
  override readonly name: string = 'InvalidSchema'
}
