/** New people. */
import type { Random } from '../../../scripts/tools/world.ts'
import type { Person } from '../model.ts'
import { below, drawExtra, drawText, oneOf } from './draws.ts'
import { activePeople, firstId, idLead, lastPerson } from './places.ts'

const states = ['AZ', 'CA', 'ID', 'OR', 'WA', 'WY'] as const
const cities = [
  'Phoenix',
  'Los Angeles',
  'San Francisco',
  'Boise',
  'Portland',
  'Bend',
  'Redmond',
  'Seattle',
  'Kent',
  'Cheyenne',
] as const
const firstNames = ['Peter', 'Paul', 'Luke', 'John', 'Saul', 'Vicky', 'Kate', 'Julie', 'Sarah', 'Deiter', 'Walter']
const lastNames = ['Shultz', 'Abrams', 'Spencer', 'White', 'Bartels', 'Walton', 'Smith', 'Jones', 'Noris']
const meanSize = 200
const idSize = 8

export function drawPerson(random: Random, padding: string, number: number, dateTime: number): Person {
  const name = `${oneOf(random, firstNames)} ${oneOf(random, lastNames)}`
  const emailAddress = `${drawText(random, 7)}@${drawText(random, 5)}.com`
  const creditCard = [0, 0, 0, 0].map(() => String(below(random, 10_000)).padStart(4, '0')).join(' ')
  const city = oneOf(random, cities)
  const state = oneOf(random, states)
  const size = idSize + name.length + emailAddress.length + creditCard.length + city.length + state.length
  const extra = drawExtra(random, padding, size, meanSize)
  return { id: lastPerson(number) + firstId, name, emailAddress, creditCard, city, state, dateTime, extra }
}

/** Counted from 0: one of the active people, or one of those who come next. */
export function drawActivePerson(random: Random, number: number): number {
  const people = lastPerson(number) + 1
  const active = Math.min(people, activePeople)
  return people - active + below(random, active + idLead)
}
