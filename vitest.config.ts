import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    disableConsoleIntercept: true,
    // One core would be left idle otherwise; files on the lab go one by one all the same.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/integration/**', 'test/campaign/**'],
          pool: 'forks',
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: ['test/integration/support/setup.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'campaign',
          include: ['test/campaign/**/*.test.ts'],
          globalSetup: ['test/integration/support/setup.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 2_400_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
})
