import { defineConfig } from 'vitest/config';

/** The tests that mutants of `domain/request` and `domain/release` run: those of the two rooms, no processes. */
export default defineConfig({
  test: {
    include: ['test/domain/request/**/*.test.ts', 'test/domain/release/**/*.test.ts'],
    testTimeout: 30_000,
    // Mutants only need to be met once.
    env: { OTA_PROPERTY_RUNS: '30' },
  },
});
