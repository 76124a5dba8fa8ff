/** Clock and randomness for tools, which live in the real world. */
export { type Clock, sleep, systemClock, type Timer } from '../../src/clock.ts'
export { type Random, randomName, seededRandom, systemRandom } from '../../src/random.ts'
