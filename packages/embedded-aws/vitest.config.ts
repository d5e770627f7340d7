import { defineConfig } from 'vitest/config';
import { testEnvironment } from '../../test/support/environment.ts';

/** For `npm test` in this folder. The repository's own configuration runs these tests too. */
export default defineConfig({ test: { env: testEnvironment(), isolate: false, testTimeout: 60_000, hookTimeout: 60_000 } });
