import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { notAllowed, productionPackages } from '../../scripts/licences.ts';

describe('The supply chain', () => {
  it('has only licences in production that require no more than a notice', () => {
    expect(notAllowed(productionPackages('.'))).toEqual([]);
    expect(notAllowed(productionPackages('.', 'packages/embedded-aws'))).toEqual([]);
  });

  it('separates what the service needs in production from what the embedded AWS needs', () => {
    const names = (workspace?: string) => productionPackages('.', workspace).map(({ name }) => name);
    expect(names()).toEqual(expect.arrayContaining(['zod', 'aws-ota-models', '@smithy/core']));
    expect(names()).not.toContain('dynalite');
    expect(names('packages/embedded-aws')).toEqual(expect.arrayContaining(['dynalite', '@aws-sdk/client-sqs', 'memory-level']));
  });

  it('reports a licence that requires more', () => {
    expect(notAllowed([{ name: 'x', version: '1.0.0', licence: 'AGPL-3.0-only' }])).toHaveLength(1);
    expect(notAllowed([{ name: 'x', version: '1.0.0', licence: '(AGPL-3.0 OR MIT)' }])).toEqual([]);
  });

  it('is pinned: every version in package.json is exact, and every package in the lockfile has its hash', () => {
    const dependenciesOf = (file: string) => {
      const { dependencies, devDependencies } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, string>>;
      return { ...dependencies, ...devDependencies };
    };
    const own = dependenciesOf('package.json');
    const embedded = dependenciesOf('packages/embedded-aws/package.json');
    for (const [name, version] of [...Object.entries(own), ...Object.entries(embedded)])
      expect(version, name).toMatch(/^(npm:\w+@)?\d+\.\d+\.\d+$/);
    for (const [name, version] of Object.entries(embedded)) expect(own[name] ?? version, name).toBe(version);
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      packages: Record<string, { integrity?: string; inBundle?: boolean; link?: boolean }>;
    };
    const fromRegistry = Object.entries(packages).filter(([path, { link }]) => path.startsWith('node_modules/') && !link);
    for (const [path, { integrity, inBundle }] of fromRegistry) if (!inBundle) expect(integrity, path).toMatch(/^sha512-/);
  });
});
