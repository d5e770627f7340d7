import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vitest/config';
import { mutantCalled } from './proof/simulate/mutants.ts';
import { patchedFiles } from './proof/simulate/mutate.ts';
import { GUARD, testEnvironment } from './test/support/environment.ts';

/** Hundreds of processes and threads load the same modules: what one has compiled the others need not. */
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules', '.cache', 'ota-dispatch-compile');

/** The tests over a service that is wrong on purpose, by its name in proof/mutants.yml. */
function wrongService(name: string | undefined): Plugin[] {
  if (name === undefined) return [];
  const files = patchedFiles(mutantCalled(name).patches);
  return [{ name: 'wrong-service', enforce: 'pre', load: (id) => files.get(id) }];
}

/** GitHub's language service names source maps that its package does not have, and Vite would print a line for each. */
const withoutSourceMaps: Plugin = {
  name: 'without-source-maps',
  enforce: 'pre',
  load: (id) => (/\/@actions\/.*\.js$/.test(id) ? readFileSync(id, 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, '') : undefined),
};

/** The folder in which `.ci/run` wants the results of every run as JSON, to count them. */
const results = process.env['OTA_TEST_RESULTS'];

/** These replace the clock or the console of their whole process. */
const alone = ['proof/simulate/**/*.test.ts', 'proof/fuzz/**/*.test.ts', 'test/adapters/telemetry.test.ts', 'test/local/narrator.test.ts'];

/** These take so long that `npm test` leaves them to `npm run test:long`. CI runs both. */
const long = [
  'test/action/**/*.test.ts',
  'test/journey/backlog.test.ts',
  'test/journey/crash-table.test.ts',
  'test/journey/outages.test.ts',
  'test/journey/project.test.ts',
  'test/cli/doctor/planted-faults.test.ts',
  'test/cli/diff-project.test.ts',
  'test/cli/fault.test.ts',
  'test/cli/import-files.test.ts',
  'test/cli/local-service.test.ts',
  'test/cli/publish.test.ts',
  'test/domain/rollout/next-step.totality.test.ts',
  'test/house/commands.test.ts',
  'test/house/event-package.test.ts',
  'test/house/event-snippets.test.ts',
  'test/house/snippets-run.test.ts',
  'test/infrastructure/package.test.ts',
  'test/infrastructure/partitions.test.ts',
  'test/infrastructure/project.test.ts',
  'test/infrastructure/stage-parameters.test.ts',
  'test/local/install-firmware.test.ts',
  'test/local/package-service.test.ts',
  'test/pack/package.test.ts',
];

/** These take long, too, and need a process of their own. */
const longAlone = ['proof/fuzz/command.test.ts', 'proof/fuzz/share.test.ts', 'proof/simulate/stores.test.ts'];

export default defineConfig({
  plugins: [withoutSourceMaps, ...wrongService(process.env['OTA_MUTANT'])],
  test: {
    reporters: results ? ['default', 'json'] : ['default'],
    ...(results && { outputFile: { json: join(results, `${process.pid}.json`) } }),
    env: testEnvironment(),
    // They import JSON as only a bundler can.
    server: { deps: { inline: [/@actions\//] } },
    execArgv: [...GUARD],
    // Many tests wait for other processes and sockets: twice as many files at once as a small machine has cores.
    maxWorkers: 4,
    // The cache of transformed modules does not know which wrong service they are of.
    ...(process.env['OTA_MUTANT'] !== undefined && { fsModuleCache: false }),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts', 'proof/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
          // `npm run browser` runs these, in a real Chromium.
          exclude: [...alone, ...long, ...longAlone, 'test/browser/**'],
          isolate: false,
        },
      },
      { extends: true, test: { name: 'alone', include: alone, exclude: longAlone } },
      { extends: true, test: { name: 'long', include: long, isolate: false } },
      { extends: true, test: { name: 'long-alone', include: longAlone } },
    ],
  },
});
