import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { GUARD, testEnvironment } from '../support/environment.ts';

const results = process.env['OTA_TEST_RESULTS'];

/** The tests of the console in a real Chromium. `npm run browser` finds Chromium and names it in CHROME_PATH. */
export default defineConfig(({ mode }) => ({
  test: {
    name: 'browser',
    root: join(import.meta.dirname, '../..'),
    include: mode === 'screenshots' ? ['test/browser/screenshots.ts'] : ['test/browser/**/*.test.ts'],
    globalSetup: ['test/browser/support/service.ts'],
    reporters: results ? ['default', 'json'] : ['default'],
    ...(results && { outputFile: { json: join(results, `${process.pid}.json`) } }),
    env: testEnvironment(),
    execArgv: [...GUARD],
    // All files share one service, and most of their time they wait for it.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
}));
