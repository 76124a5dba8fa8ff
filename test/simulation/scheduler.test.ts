import { describe, expect, test } from 'vitest'
import { newProcess } from '../../src/testing/simulation/process.ts'
import { ProcessClock, Scheduler } from '../../src/testing/simulation/scheduler.ts'

const far = Number.MAX_SAFE_INTEGER

function world() {
  const scheduler = new Scheduler(1_000)
  const [a, b] = ['a', 'b'].map((name, index) => newProcess(name, index + 1))
  return { scheduler, a: a!, b: b!, clockA: new ProcessClock(scheduler, a!), clockB: new ProcessClock(scheduler, b!) }
}

describe('the order of a simulated world', () => {
  test('is that of time, and within a process that of asking', async () => {
    const { scheduler, clockA, clockB } = world()
    const rung: string[] = []
    clockA.after(5, () => rung.push('a5'))
    clockA.after(2, () => rung.push('a2'))
    clockA.after(2, () => rung.push('a2 again'))
    clockB.after(3, () => rung.push('b3'))
    await scheduler.untilTrue(() => rung.length === 4, far)
    expect(rung).toEqual(['a2', 'a2 again', 'b3', 'a5'])
    expect(scheduler.now).toBe(1_005)
  })

  test('waits for what an alarm has set in motion before the next one rings', async () => {
    const { scheduler, clockA, clockB } = world()
    const rung: string[] = []
    clockA.after(1, () => void Promise.resolve().then(() => process.nextTick(() => rung.push('settled'))))
    clockB.after(1.5, () => rung.push('next'))
    await scheduler.untilTrue(() => rung.length === 2, far)
    expect(rung).toEqual(['settled', 'next'])
  })

  test('ends where nothing is left, and says what did not come', async () => {
    const { scheduler } = world()
    await expect(scheduler.until(new Promise(() => undefined), 2_000, 'the answer')).rejects.toThrow('the answer')
    expect(scheduler.now).toBe(2_000)
  })

  test('does not go on for ever in no time', async () => {
    const { scheduler, clockA } = world()
    const again = (): void => clockA.soon(again)
    again()
    await expect(scheduler.untilTrue(() => false, far)).rejects.toThrow('time stands still in a')
  })
})

describe('a process', () => {
  test('that is dead does nothing more, and asks for nothing', async () => {
    const { scheduler, a, clockA, clockB } = world()
    const rung: string[] = []
    clockA.after(2, () => rung.push('too late'))
    clockB.after(1, () => {
      a.isDead = true
      clockA.after(1, () => rung.push('asked by the dead'))
    })
    clockB.after(9, () => rung.push('end'))
    await scheduler.untilTrue(() => rung.includes('end'), far)
    expect(rung).toEqual(['end'])
  })

  test('that stands still catches up when it goes on, in the same order', async () => {
    const { scheduler, a, clockA, clockB } = world()
    const rung: string[] = []
    a.frozenUntil = 1_050
    clockA.after(1, () => rung.push(`first at ${scheduler.now}`))
    clockA.after(2, () => rung.push(`second at ${scheduler.now}`))
    clockB.after(10, () => rung.push('other'))
    await scheduler.untilTrue(() => rung.length === 3, far)
    expect(rung).toEqual(['other', 'first at 1050', 'second at 1050'])
  })
})
