import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Hundreds of processes and threads load the same modules: what one has compiled the others need not. */
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules', '.cache', 'ota-dispatch-compile');

/** Where `.ci/run` wants the results as JSON, to count them. */
const results = process.env['OTA_TEST_RESULTS'];

/** These replace the clock or the console of their whole process. */
const alone = ['test/simulation/**/*.test.ts', 'test/fuzz/**/*.test.ts', 'test/adapters/telemetry.test.ts'];

export default defineConfig({
  test: {
    reporters: results ? ['default', 'json'] : ['default'],
    ...(results && { outputFile: { json: results } }),
    // Many tests wait for other processes and sockets: twice as many files at once as a small machine has cores.
    maxWorkers: 4,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'together', include: ['test/**/*.test.ts'], exclude: alone, isolate: false } },
      { extends: true, test: { name: 'alone', include: alone } },
    ],
  },
});
