import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { strangersEnvironment } from '../../scripts/adopt/adoption.ts';
import { megabytes, packageBudgets, seconds, sizeOf, within } from '../../scripts/adopt/figures.ts';
import { nothingOfTheRepository } from '../../scripts/adopt/no-repository.ts';
import { root } from '../../scripts/installation.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ota-adopt-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('npm run adopt gives a stranger', () => {
  const environment = strangersEnvironment('/node/bin', '/home/of/nobody', {
    HOME: '/home/me',
    LANG: 'C',
    NODE_EXTRA_CA_CERTS: '/certificates.pem',
    NODE_OPTIONS: '--trace-warnings',
    npm_config_registry: 'somewhere',
    npm_package_json: join(root, 'package.json'),
    INIT_CWD: root,
    OLDPWD: '/home/me',
    OTA_DEBUG: '1',
    AWS_PROFILE: 'mine',
    SOMETHING: join(root, 'lib'),
    PATH: `${join(root, 'node_modules', '.bin')}:/usr/lib/node_modules/npm/bin:/usr/bin`,
  });

  it('an environment with nothing of npm, of AWS and of the repository, and the certificates of the network', () => {
    expect(environment).toEqual({
      HOME: '/home/of/nobody',
      USERPROFILE: '/home/of/nobody',
      LANG: 'C',
      NODE_EXTRA_CA_CERTS: '/certificates.pem',
      PATH: '/node/bin:/usr/bin',
    });
  });
});

describe('A figure of npm run adopt', () => {
  it('is printed with its limit', () => {
    expect(within('ota.tgz', 1_500_000, 5_000_000, megabytes)).toBe('ota.tgz 1.50 MB of at most 5.00 MB');
  });

  it('fails the step above its limit, and says where the limit is', () => {
    expect(() => within('npm install', 60_001, 60_000, seconds)).toThrow('write the new limit to bench/budgets.json');
  });

  it('has the limits that were agreed with users', () => {
    expect(packageBudgets()).toMatchObject({ tarballBytes: 5_000_000, installMilliseconds: 60_000, publishHelpMilliseconds: 1000 });
  });

  it('counts a file once that two names refer to', () => {
    mkdirSync(join(folder, 'a'));
    writeFileSync(join(folder, 'a', 'one'), '12345');
    linkSync(join(folder, 'a', 'one'), join(folder, 'two'));
    writeFileSync(join(folder, 'three'), '123');
    expect(sizeOf(folder)).toBe(8);
  });
});

describe('A project of npm run adopt', () => {
  it('may have nothing that names the repository', () => {
    writeFileSync(join(folder, 'channels.yml'), 'products: {}');
    expect(() => nothingOfTheRepository(folder)).not.toThrow();
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ resolved: `file:${root}/ota-dispatch.tgz` }));
    expect(() => nothingOfTheRepository(folder)).toThrow('package-lock.json names the repository');
  });

  it('may have no link into the repository', () => {
    symlinkSync(join(root, 'schemas'), join(folder, 'schemas'));
    expect(() => nothingOfTheRepository(folder)).toThrow('is a link to');
  });
});
