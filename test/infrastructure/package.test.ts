import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import BundlePlugin from '../../infrastructure/bundle-plugin.ts';
import { bundleContents } from '../../scripts/bundle-contents.ts';
import { type Packaged, packageService, runServerless } from '../../scripts/compiled-template.ts';
import { notAllowed } from '../../scripts/licences.ts';
import { packHandlers } from '../../scripts/pack/handlers.ts';
import { bundledPackages } from '../../scripts/pack/notices.ts';
import { EXAMPLE_CHANNELS } from '../../scripts/service-copy.ts';

const FUNCTIONS = ['releases', 'follow-ups', 'sweep'];
const channels = readFileSync('test/infrastructure/channels.yml', 'utf8');
const shipped = readFileSync(EXAMPLE_CHANNELS, 'utf8');
const sha256 = (folder: string, file: string) =>
  createHash('sha256')
    .update(readFileSync(join(folder, '.serverless', file)))
    .digest('hex');
const isPart = (entry: string) => /\/part-[A-Z0-9]{8}\.mjs$/.test(entry);
const hashes = ({ folder }: Packaged) => FUNCTIONS.map((name) => sha256(folder, `${name}.zip`));

describe('serverless package, with the real handlers and no network', () => {
  let packaged: Packaged;
  const folders: string[] = [];
  const packageAfresh = async () => {
    const fresh = await packageService({ code: 'real', fresh: true });
    folders.push(fresh.folder);
    return fresh;
  };
  beforeAll(async () => {
    packaged = await packageAfresh();
  }, 180_000);
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  it('prints one line for each step', () => {
    expect(packaged.printed).toMatch(
      /channels\.yml: ok\n.*dist\/releases\/index\.mjs: \d+ KiB.*\n.*dist\/follow-ups\/index\.mjs: \d+ KiB.*\n.*dist\/sweep\/index\.mjs: \d+ KiB/,
    );
  });

  it('makes identical zips from the same input', async () => {
    const again = await packageAfresh();
    expect(hashes(again)).toEqual(hashes(packaged));
  }, 180_000);

  it.each(FUNCTIONS)('puts into %s.zip the bundle, the parts that it loads later, and the channels if it reads them', (name) => {
    const entries = entriesOf(join(packaged.folder, '.serverless', `${name}.zip`));
    const [others, parts] = [entries.filter((entry) => !isPart(entry)), entries.filter(isPart)];
    const channels = ['dist/releases/channels.checked.json', 'dist/releases/channels.json'];
    expect(others).toEqual([...(name === 'releases' ? channels : []), `dist/${name}/index.mjs`]);
    expect(parts.length).toBeGreaterThan(0);
    for (const part of parts) expect(part).toMatch(new RegExp(`^dist/${name}/`));
  });

  it('puts channels.yml beside the releases function, its variables not yet replaced', () => {
    const source: unknown = parse(readFileSync(EXAMPLE_CHANNELS, 'utf8'));
    expect(JSON.parse(readFileSync(join(packaged.folder, 'dist', 'releases', 'channels.json'), 'utf8'))).toEqual(source);
  });

  it('bundles nothing that only tests, the command line or the embedded AWS need', () => {
    for (const name of FUNCTIONS) {
      const names = bundleContents(packaged.folder, name).map((content) => content.name);
      expect(names).toEqual(expect.arrayContaining(['handlers/', 'adapters/', '@aws-sdk/client-dynamodb']));
      for (const unwanted of [
        'test/',
        'local/',
        'packages/embedded-aws/',
        'cli/',
        'dynalite',
        'fauxqs',
        'yaml',
        '@aws-sdk/credential-provider-node',
        '@aws-sdk/nested-clients',
      ])
        expect(names, `${name} holds ${unwanted}`).not.toContain(unwanted);
    }
  });

  it('bundles only packages whose licence requires no more than a notice', async () => {
    const out = mkdtempSync(join(tmpdir(), 'ota-dispatch-licences-'));
    folders.push(out);
    const bundled = bundledPackages(await packHandlers(out));
    expect(bundled.map(({ name }) => name)).toContain('zod');
    expect(notAllowed(bundled)).toEqual([]);
  });

  it('leaves no path of the machine in a bundle', () => {
    for (const name of FUNCTIONS)
      expect(readFileSync(join(packaged.folder, 'dist', name, 'index.mjs'), 'utf8')).not.toContain(process.cwd());
  });
});

describe('serverless package', () => {
  it('refuses a folder with other files, because osls would delete them', async () => {
    const other = mkdtempSync(join(tmpdir(), 'ota-other-'));
    writeFileSync(join(other, 'precious.txt'), 'mine');
    const failure = await runServerless(['package', '--stage', 'local', '--package', other]).catch((error: Error) => error.message);
    expect(failure).toContain(`packaging would delete what is in ${other}: give a folder that is empty, not there, or an earlier package`);
    expect(readdirSync(other)).toEqual(['precious.txt']);
    rmSync(other, { recursive: true });
  }, 180_000);

  it('refuses a wrong channels.yml and names line and path, without a stack', async () => {
    const wrong = channels.replace('protocols: [MQTT]', 'protocols: [CARRIER_PIGEON]');
    const line = wrong.split('\n').findIndex((text) => text.includes('PIGEON')) + 1;
    const failure = await packageService({ channels: wrong }).catch((error: Error) => error.message);
    expect(failure).toMatch(new RegExp(`channels\\.yml:${line}: products\\.thermostat\\.channels\\.beta\\.createOTAUpdate\\.protocols`));
    expect(failure).not.toContain('    at ');
  }, 180_000);

  it('warns of a channel of managed integrations where AWS documents no such service, and packages it', async () => {
    const { folder, printed } = await packageService({ stage: 'prod', params: { region: 'us-east-1' }, fresh: true });
    rmSync(folder, { recursive: true });
    const line = shipped.split('\n').findIndex((text) => text.includes('createOtaTask:')) + 1;
    expect(printed).toContain(`warning: examples/channels.yml:${line}: products.hub.channels.stable.createOtaTask: `);
  }, 180_000);

  it.each([
    ['of another partition', channels, 'cn-north-1', 'roleArn', 'aws-cn'],
    ['of another region', channels.replace(`iot:\${aws:region}`, 'iot:us-west-2'), 'us-east-1', 'targets', 'aws'],
  ])(
    'refuses an ARN %s than that of the stage, and names line and path',
    async (_what, text, region, member, partition) => {
      const line = text.split('\n').findIndex((each) => each.includes(`${member}:`)) + 1;
      const params = { region, approvalPrincipals: `arn:${partition}:iam::111122223333:role/release-board` };
      const failure = await packageService({ channels: text, stage: 'prod', params }).catch((error: Error) => error.message);
      expect(failure).toMatch(new RegExp(`channels\\.yml:${line}: products\\.thermostat\\.channels\\.beta\\.createOTAUpdate\\.${member}`));
    },
    180_000,
  );
});

describe('serverless package, with a role for each product', () => {
  const rolesOf = (count: number) =>
    [...Array(count).keys()]
      .map(
        (n) =>
          `  product-${n}: { sources: [com.acme.ci], channels: { beta: { createOTAUpdate: { targets: ["arn:aws:iot:\${aws:region}:\${aws:accountId}:thinggroup/product-${n}"], roleArn: "arn:aws:iam::\${aws:accountId}:role/ota-service-product-${n}" }, unsigned: allow, unguarded: allow } } }`,
      )
      .join('\n');
  const packaging = (count: number) => packageService({ channels: `artifactBuckets: [acme-firmware]\nproducts:\n${rolesOf(count)}\n` });

  it('accepts as many as fit into the policies of a role', async () => {
    await expect(packaging(80)).resolves.toBeDefined();
  }, 180_000);

  it('refuses 130, and names the role, its size, the limit and what to do, without a stack', async () => {
    const failure = String(await packaging(130).catch((error: Error) => error.message));
    expect(failure).toMatch(
      /^ReleasesRole: the inline policies of the role ota-dispatch-local-us-east-1-releases have 1\d{4} characters without white space\. IAM takes 10240\. .* let products share them\. .* fewer and larger thing groups there\.$/m,
    );
    expect(failure).not.toContain('    at ');
  }, 180_000);
});

describe('The packaging lock', () => {
  it.each([
    ['package', true],
    ['deploy', true],
    ['deploy function', true],
    ['info', false],
    ['remove', false],
  ])('is held by `serverless %s`: %s', async (command, isTaken) => {
    const serviceDir = mkdtempSync(join(tmpdir(), 'ota-dispatch-lock-'));
    const processedInput = { commands: command.split(' '), options: {} };
    const provider = { stage: 'local', region: 'us-east-1', compiledCloudFormationTemplate: { Resources: {} } };
    const service = { custom: { channels: 'channels.yml', busStatement: '' }, provider };
    const serverless = { serviceDir, configurationInput: {}, processedInput, service, classes: { Error } };
    await new BundlePlugin(serverless, {}, { log: { notice: () => undefined } }).hooks['initialize']?.();
    expect(existsSync(join(serviceDir, '.local', 'packaging.lock'))).toBe(isTaken);
    rmSync(serviceDir, { recursive: true });
  });
});

/** The names in a zip, from its central directory. */
function entriesOf(file: string): string[] {
  const zip = readFileSync(file);
  const names: string[] = [];
  for (let at = zip.indexOf('PK\u0001\u0002'); at >= 0; at = zip.indexOf('PK\u0001\u0002', at + 46))
    names.push(zip.toString('utf8', at + 46, at + 46 + zip.readUInt16LE(at + 28)));
  return names.sort();
}
