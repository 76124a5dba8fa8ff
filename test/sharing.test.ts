import { globSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import config from '../vitest.config.ts'
import { readFolders } from './house/read.ts'
import { sharingFiles } from './sharing.ts'

describe('a test file', () => {
  const sharing = (files: Record<string, string>): string[] => sharingFiles(new Map(Object.entries(files)))

  test('shares a process when nothing it imports starts or changes what outlives it', () => {
    const files = {
      'test/pure.test.ts': "import { a } from './tools.ts'\nimport { b } from '../src/b.ts'",
      'test/tools.ts': "import type { Broker } from './broker.ts'",
      'test/broker.ts': "import { startBroker } from '../src/broker/index.ts'",
    }
    expect(sharing(files)).toEqual(['test/pure.test.ts'])
  })

  test.each([
    "import { spawn } from 'node:child_process'",
    "import { deep } from './deep.ts'",
    'vi.useFakeTimers()',
    "process.env.KAFKA_BROKERS = 'a:1'",
    "process.once('exit', done)",
    'globalThis.fetch = answer',
  ])('has one of its own where it says %s', (source) => {
    expect(sharing({ 'test/one.test.ts': source, 'test/deep.ts': "import { connect } from 'node:net'" })).toEqual([])
  })

  test('that is a world, or runs on Apache Kafka, has one of its own', () => {
    expect(sharing({ 'test/simulation/seeds.test.ts': '', 'test/kafka/start.test.ts': '' })).toEqual([])
  })
})

test('every test file is in one project', () => {
  const projects = config.test!.projects as readonly { test: { include: string[]; exclude?: string[] } }[]
  const files = projects.flatMap(({ test: { include, exclude = [] } }) =>
    globSync(include, { exclude: exclude.map(String) }),
  )
  expect(files.sort()).toEqual([...readFolders('test', 'examples').keys()].filter((path) => path.endsWith('.test.ts')))
})
