/** What is wrong with a filter, and where in it. */
import { MillraceError } from '../../faults.ts'

/** @param column from 1 */
export function badFilter(text: string, column: number, why: string): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR4403',
    what: `The filter cannot be understood at column ${column}`,
    where: text.length > 200 ? `${text.slice(0, 200)}…` : text,
    why,
    fix: 'millrace help filters shows what can be written',
  })
}
