import { defineConfig } from 'vitest/config';

/** The tests that mutants of `domain/` run: the examples of its three rooms. */
export default defineConfig({
  test: {
    include: ['test/domain/**/*.test.ts'],
    // Sampled, exhaustive and large tests meet every mutant and take seconds each: the examples have to do without them.
    exclude: ['**/*.properties.test.ts', '**/*.totality.test.ts', '**/*.large.test.ts'],
    isolate: false,
    testTimeout: 30_000,
  },
});
