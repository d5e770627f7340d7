import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { notAllowed, productionPackages } from '../../scripts/licences.ts';

describe('The supply chain', () => {
  it('has only licences in production that require no more than a notice', () => {
    expect(notAllowed(productionPackages('.'))).toEqual([]);
  });

  it('reports a licence that requires more', () => {
    expect(notAllowed([{ name: 'x', version: '1.0.0', licence: 'AGPL-3.0-only' }])).toHaveLength(1);
    expect(notAllowed([{ name: 'x', version: '1.0.0', licence: '(AGPL-3.0 OR MIT)' }])).toEqual([]);
  });

  it('has an exact version for every package in package.json, and a hash for every package in the lockfile', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, Record<string, string>>;
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
      expect(version, name).toMatch(/^(npm:\w+@)?\d+\.\d+\.\d+$/);
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      packages: Record<string, { integrity?: string; inBundle?: boolean; link?: boolean }>;
    };
    const fromRegistry = Object.entries(packages).filter(([path, { link }]) => path.startsWith('node_modules/') && !link);
    for (const [path, { integrity, inBundle }] of fromRegistry) if (!inBundle) expect(integrity, path).toMatch(/^sha512-/);
  });
});
