import { expect, test } from 'vitest'
import { compile, from, text, topic, topology } from '../../../src/index.ts'
import { checkTimeouts } from '../../../src/runtime/async/check-timeouts.ts'

const items = topic('items', { key: text, value: text })
const ask = async (value: string): Promise<string> => value
const within = (seconds: number) => ({ timeout: { seconds } })
const source = from(items)

test.each([
  ['no step waits', source, 1, null],
  ['one waits for less', source.mapAsync('a', ask, within(8)), 10, null],
  ['one waits, and a second is left for records', source.mapAsync('a', ask, within(9)), 10, 'MR1005'],
  ['two wait one behind the other', source.mapAsync('a', ask, within(5)).mapAsync('b', ask, within(5)), 10, 'MR1005'],
  [
    'two wait in two transactions',
    source
      .mapAsync('a', ask, within(5))
      .keyBy('k', (value) => value)
      .mapAsync('b', ask, within(5)),
    10,
    null,
  ],
])('%s', (_, stream, seconds, code) => {
  const check = () => checkTimeouts(compile(topology('app', stream.to(items))), { seconds })
  if (code === null) expect(check).not.toThrow()
  else expect(check).toThrow(expect.objectContaining({ code }))
})
