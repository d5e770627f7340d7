import { defineConfig } from 'vitest/config';

/** The tests that mutants of `domain/request` and `domain/release` run: those of the two rooms, no processes. */
export default defineConfig({
  test: {
    include: ['test/domain/request/**/*.test.ts', 'test/domain/release/**/*.test.ts'],
    // The properties meet every mutant and take a second each: the examples have to do without them.
    exclude: ['**/*.properties.test.ts'],
    testTimeout: 30_000,
  },
});
