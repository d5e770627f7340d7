import { defineConfig } from 'vitest/config';

/** The tests that run for each mutant of `domain/`. */
export default defineConfig({
  test: {
    include: ['test/domain/**/*.test.ts'],
    // Sampled, exhaustive and large tests would run for every mutant and take seconds each. The examples must suffice.
    exclude: ['**/*.properties.test.ts', '**/*.totality.test.ts', '**/*.large.test.ts'],
    isolate: false,
    testTimeout: 30_000,
  },
});
