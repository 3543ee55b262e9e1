import { defineConfig } from 'vitest/config'

// Timeouts end what hangs; nothing here is judged by how long it takes, and machines can be busy.
// One project per kind of suite, so that each can be run alone: `npx vitest run --project browser`.
const suite = (name: string, include: string[], testTimeout = 60_000) => ({
  test: { name, include, testTimeout, hookTimeout: Math.max(testTimeout, 30_000) },
})

export default defineConfig({
  test: {
    projects: [
      suite('unit', [
        'test/*.test.ts',
        'test/{store,session,sync,wire,transport,persistence,testing,hms,recipes,support}/**/*.test.ts',
        'signaling/test/**/*.test.ts',
      ]),
      suite('property', ['test/property/**/*.test.ts'], 240_000),
      suite('simulation', ['test/simulation/**/*.test.ts'], 240_000),
      suite('contract', ['test/contract/**/*.test.ts'], 240_000),
      suite('browser', ['test/browser/**/*.test.ts'], 240_000),
    ],
  },
})
