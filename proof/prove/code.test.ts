import { describe, expect, it } from 'vitest';
import { codeHash, isProved, provedFiles } from './code.ts';

describe('the hash of the code that is proved', () => {
  const files = provedFiles();

  it('covers the service, what proves it, the packages and the versions of all libraries', () => {
    for (const file of [
      'domain/rollout/next-step.ts',
      'handlers/releases.ts',
      'adapters/bus.ts',
      'proof/simulate/monitor.ts',
      'proof/mutants.yml',
      'packages/aws-ota-models/src/index.ts',
      'package-lock.json',
    ])
      expect(files).toContain(file);
  });

  it('covers no page, no test, nothing that is built and nothing that the proofs write', () => {
    const apart = /\.md$|\.test\.ts$|\/test\/|\/dist\/|node_modules|(?:scoreboard|unfinished|regressions)\.json$/;
    expect(files.filter((file) => apart.test(file))).toEqual([]);
  });

  it.each([
    'packages/ota-dispatch-cli/THIRD-PARTY-NOTICES.txt',
    'packages/ota-dispatch-cli/lib/main.js',
    'packages/ota-dispatch-cli/dist/releases/index.mjs',
    'proof/unfinished.json',
  ])('does not change when %s is made', (path) => {
    expect(isProved(path)).toBe(false);
  });

  it('is twelve hex digits, the same each time', () => {
    expect(codeHash()).toMatch(/^[0-9a-f]{12}$/);
    expect(codeHash()).toBe(codeHash());
  });
});
