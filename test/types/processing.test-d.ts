/** User code with state and waiting: what the compiler refuses, and what it infers. */
import { from, json, mapState, nullable, number, text, topic, valueState } from '../../src/index.ts'

interface Item {
  readonly name: string
  readonly price: number
}

const items = from(topic('items', { key: text, value: json<Item>() }))
const anyhow = from(topic('anyhow', { value: json<Item>() }))
const lengths = topic('lengths', { key: text, value: number })
const maybeKeyed = topic('maybe-keyed', { key: nullable(text), value: number })
const names = topic('names', { key: text, value: text })

const states = { total: valueState(number), byName: mapState(text, json<Item>()) }

// Results are typed by what the handlers return or yield.
items
  .process('sums', { state: states, onRecord: (item, { state }) => [item.price + (state.total.get() ?? 0)] })
  .to(lengths)
items
  .process('names', {
    *onRecord(item) {
      yield item.name
    },
    onTimer: ({ name }) => [name],
  })
  .to(names)
// @ts-expect-error numbers don't go where texts belong
items.process('sums', { onRecord: (item) => [item.price] }).to(names)
// @ts-expect-error a text is no list of results
items.process('names', { onRecord: (item) => item.price })

// Only where all records of a key are in one task there is state.
// @ts-expect-error null keys are possible
anyhow.process('sums', { onRecord: () => [] })
// @ts-expect-error nothing is known about the partitions
items.merge(items).process('sums', { onRecord: () => [] })
anyhow.keyBy('name', (item) => item.name).process('sums', { onRecord: () => [] })

// State is known by name and type.
items.process('p', {
  state: states,
  onRecord(item, { state, timers, key, now }) {
    state.total.set(item.price)
    state.byName.set(item.name, item)
    for (const [name, { price }] of state.byName.entries()) timers.set(`${name} ${price}`, now() + key.length)
    // @ts-expect-error there is no such state
    state.totals.get()
    // @ts-expect-error it holds numbers
    state.total.set('text')
    // @ts-expect-error it may be missing
    const total: number = state.total.get()
    // @ts-expect-error a value has no entries
    state.total.entries()
    // @ts-expect-error its keys are texts
    state.byName.get(1)
    // @ts-expect-error a time is a number
    timers.set('soon', 'tomorrow')
    return [total]
  },
})
// @ts-expect-error without state there is none
items.process('p', { onRecord: (_item, { state }) => [state.total.get()] })
// @ts-expect-error a state is not just a serde
items.process('p', { state: { total: number }, onRecord: () => [] })

// Periodic calls have a key only where they are made for each.
const every = { seconds: 10 }
const eachKey = items.process('p', {
  state: states,
  everyEventTime: { every, forEachKey: true, run: ({ state, key }) => [(state.total.get() ?? 0) + key.length] },
})
eachKey.to(lengths)
const once = items.process('p', {
  onRecord: (item) => [item.price],
  everyWallClock: { every, run: ({ time }) => [time] },
})
once.to(maybeKeyed)
// @ts-expect-error some results have no key
once.to(lengths)
// @ts-expect-error no key is in hand
items.process('p', { state: states, everyEventTime: { every, run: ({ state }) => [state.total.get()] } })
// @ts-expect-error no timers either
items.process('p', { everyEventTime: { every, run: ({ timers }) => [timers] } })

// What is awaited is what goes on; the key stays.
items.mapAsync('ask', async (item) => item.price).to(lengths)
items.mapAsync('ask', async (item) => item.price).count('answered')
anyhow.mapAsync('ask', async (item, { signal, time, key }) => [item.name, signal.aborted, time, key] as const)
// @ts-expect-error the answers are numbers
items.mapAsync('ask', async (item) => item.price).to(names)
// @ts-expect-error it must be a promise
items.mapAsync('ask', (item) => item.price)
// @ts-expect-error nothing is known about the partitions
anyhow.mapAsync('ask', async (item) => item).count('answered')
// @ts-expect-error there are no timers here
items.mapAsync('ask', async (_item, { timers }) => timers)
