/** Prints `PASSED FAILED` of the last `npm test`, for `.ci/run`. */
import { countTests } from './results.ts'

const { passed, failed } = countTests()
console.log(`${passed} ${failed}`)
