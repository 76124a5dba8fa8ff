import { defineConfig, type ViteUserConfig } from 'vitest/config'
import { SlowestFirst } from './test/slowest-first.ts'

const shared = { testTimeout: 60_000, hookTimeout: 120_000 }

const config: ViteUserConfig = defineConfig({
  test: {
    pool: 'forks',
    // A test file may start a broker and workers of its own, and waits for them about half of its time: three keep two
    // cores busy, more starve each other.
    maxWorkers: 3,
    sequence: { sequencer: SlowestFirst },
    projects: [
      {
        test: {
          ...shared,
          name: 'millrace',
          include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
          exclude: ['test/kafka/**', 'test/docker/**'],
        },
      },
      // Needs Java and Maven: `scripts/test.ts` says when it is left out, and why.
      { test: { ...shared, name: 'apache-kafka', include: ['test/kafka/**/*.test.ts'] } },
      // Needs a Docker engine: `npm run test:containers` provides one and builds the images.
      { test: { ...shared, name: 'containers', include: ['test/docker/**/*.test.ts'], testTimeout: 180_000 } },
    ],
  },
})

export default config
