import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Licensed, notAllowed, productionPackages, shippedPackages } from '../../scripts/licences.ts';
import { billOfMaterials } from '../../scripts/sbom.ts';

describe('The supply chain', () => {
  let shipped: Licensed[];
  beforeAll(async () => {
    shipped = await shippedPackages('.');
  });

  it('has only licences that require no more than a notice in what a user gets', () => {
    expect(notAllowed(shipped)).toEqual([]);
  });

  it('installs with the package only what cannot be bundled: the serverless CLI, and the store of the embedded DynamoDB', () => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> };
    expect(Object.keys(dependencies)).toEqual(['dynalite', 'serverless']);
    const names = (workspace?: string) => productionPackages('.', workspace).map(({ name }) => name);
    expect(names()).toEqual(expect.arrayContaining(['osls', 'memory-level']));
    expect(names()).not.toContain('hono');
    expect(names('packages/embedded-aws')).toEqual(expect.arrayContaining(['dynalite', '@aws-sdk/client-sqs', 'memory-level']));
  });

  it('judges the licence of what is bundled, too', () => {
    const names = shipped.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['@aws-sdk/client-iot', 'hono', 'yaml', 'zod', 'osls', 'dynalite']));
  });

  it('lists the same packages for CycloneDX, with hashes, and nothing that only builds or tests', () => {
    const { components } = billOfMaterials('.', shipped);
    const refs = components.map((component) => component['bom-ref']);
    expect(refs.sort()).toEqual(shipped.map(({ name, version }) => `${name}@${version}`).sort());
    for (const component of components) expect(component).toMatchObject({ hashes: [{ alg: 'SHA-512' }], licenses: [expect.anything()] });
  });

  it('reports a licence that requires more', () => {
    expect(notAllowed([{ name: 'x', version: '1.0.0', licence: 'AGPL-3.0-only' }])).toHaveLength(1);
    expect(notAllowed([{ name: 'x', version: '1.0.0', licence: '(AGPL-3.0 OR MIT)' }])).toEqual([]);
  });

  it('accepts a licence that requires a summary of changes, unless the package is bundled', () => {
    const python = { name: 'x', version: '1.0.0', licence: 'PSF-2.0' };
    expect(notAllowed([{ ...python, isUnchanged: true }])).toEqual([]);
    expect(notAllowed([python])).toEqual([python]);
  });

  it('has older versions only to fit the Node that Lambda runs, and to bundle the common part of Powertools once', () => {
    const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { devDependencies: Record<string, string> };
    const [, runtime] = /runtime: nodejs(\d+)\.x/.exec(readFileSync('infrastructure/service.yml', 'utf8')) ?? [];
    for (const name of ['node', '@types/node']) expect(devDependencies[name], name).toMatch(new RegExp(`^${runtime}\\.`));
    const ofPowertools = Object.entries(devDependencies).filter(([name]) => name.startsWith('@aws-lambda-powertools/'));
    expect(ofPowertools).toHaveLength(4);
    expect(new Set(ofPowertools.map(([, version]) => version)).size).toBe(1);
  });

  it('has no package in the lockfile whose parent is gone: npm install would change the file of everybody who clones', () => {
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, object> };
    const parentOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/node_modules/')));
    expect(Object.keys(packages).filter((path) => !Object.hasOwn(packages, parentOf(path)))).toEqual([]);
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
