import { defineConfig } from 'vitest/config';

/** For `npm test` in this folder. The repository's own configuration runs these tests too. */
export default defineConfig({ test: { isolate: false, testTimeout: 60_000, hookTimeout: 60_000 } });
