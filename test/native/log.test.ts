import { describe, expect, it } from 'vitest'
import { connectKafka } from '../../src/kafka/native/index.ts'
import { type LogEntry, loggerOf, logLevels } from '../../src/kafka/native/log.ts'
import { VirtualClock } from '../../src/virtual-clock.ts'
import { errorOf } from '../contracts/tools.ts'

describe('a logger in the form of kafkajs', () => {
  it('says what is at least as important as its level, with time and details', async () => {
    const entries: LogEntry[] = []
    const clock = new VirtualClock(0)
    const logger = loggerOf({ level: logLevels.WARN, creator: () => (entry) => entries.push(entry) }, clock)
    await clock.advance({ milliseconds: 1_000 })
    logger.error('worst', { node: 1 })
    logger.warn('bad')
    logger.info('so')
    const inner = logger.namespace('Inner', logLevels.DEBUG)
    inner.debug('small')
    inner.setLogLevel(logLevels.NOTHING)
    inner.error('unsaid')
    const timestamp = '1970-01-01T00:00:01.000Z'
    expect(entries).toEqual([
      { namespace: '', level: 1, label: 'ERROR', log: { timestamp, message: 'worst', node: 1 } },
      { namespace: '', level: 2, label: 'WARN', log: { timestamp, message: 'bad' } },
      { namespace: 'Inner', level: 5, label: 'DEBUG', log: { timestamp, message: 'small' } },
    ])
  })

  it('that throws breaks nothing', () => {
    const creator = () => () => {
      throw new Error('disk full')
    }
    expect(() => loggerOf({ level: logLevels.INFO, creator }, new VirtualClock(0)).info('so')).not.toThrow()
  })

  it('hears of connections that fail', async () => {
    const levels: number[] = []
    const messages: string[] = []
    const kafka = connectKafka({
      brokers: ['127.0.0.1:1'],
      retry: { retries: 0 },
      logLevel: 2,
      logCreator: (level) => {
        levels.push(level)
        return ({ log }) => messages.push(`${log.message} ${log.broker}`)
      },
    })
    expect((await errorOf(kafka.connect()))?.reason).toBe('UNREACHABLE')
    expect(levels).toEqual([2])
    expect(messages).toEqual(['no connection 127.0.0.1:1'])
    await kafka.close()
  })
})
