import { defineConfig, type ViteUserConfig } from 'vitest/config'
import { readFolders } from './test/house/read.ts'
import { sharingFiles } from './test/sharing.ts'
import { SlowestFirst } from './test/slowest-first.ts'

const shared = { testTimeout: 60_000, hookTimeout: 120_000 }
// `npm test` says so. A file that is run by itself gains nothing, and is found under one name of a project.
const sharing =
  process.env.SHARED_PROCESSES === 'true' ? sharingFiles(readFolders('test', 'examples', 'scripts', 'bench')) : []
const millrace = {
  ...shared,
  name: 'millrace',
  include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
  exclude: ['test/kafka/**', 'test/docker/**', ...sharing],
}
// Those of the same kind that leave nothing behind: loading what they import takes longer than running them.
const unit = { ...shared, name: 'unit', include: sharing, isolate: false }

const apacheKafka = {
  ...shared,
  name: 'apache-kafka',
  include: ['test/kafka/**/*.test.ts'],
  globalSetup: 'test/kafka/shared/setup.ts',
}

const config: ViteUserConfig = defineConfig({
  test: {
    pool: 'forks',
    // A test file may start a broker and workers of its own, and waits for them about half of its time: three keep two
    // cores busy, more starve each other.
    maxWorkers: 3,
    sequence: { sequencer: SlowestFirst },
    projects: [
      { test: millrace },
      ...(sharing.length === 0 ? [] : [{ test: unit }]),
      // Needs Java and Maven: `scripts/test.ts` says when it is left out, and why.
      { test: apacheKafka },
      // Needs a Docker engine: `npm run test:containers` provides one and builds the images.
      { test: { ...shared, name: 'containers', include: ['test/docker/**/*.test.ts'], testTimeout: 180_000 } },
    ],
  },
})

export default config
