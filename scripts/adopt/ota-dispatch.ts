import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { root } from '../installation.ts';
import { type Adoption, type Started, succeeded } from './adoption.ts';
import { count, megabytes, packageBudgets, packagesIn, seconds, sizeOf, within } from './figures.ts';
import { nothingOfTheRepository } from './no-repository.ts';
import { STRICTEST } from './strictest.ts';
import { packageAsRepository, sameAsRepository, templateIn } from './templates.ts';
import { CHANGED, packNextVersion } from './upgrade.ts';

const STAGE = 'prod';
const NAME = 'my-fleet';
/** What `ota init` would ask a person. */
const ANSWERS = ['--product', 'thermostat', '--bucket', 'acme-firmware', '--control-plane', 'createOTAUpdate', '--region', 'eu-central-1'];
/** The release that `ota init` writes. */
const FIRST_RELEASE = join('examples', 'first-release.json');
/** The version that a firmware CI publishes. */
const LATER_VERSION = '9.8.7';
/** How often the help is printed. The best time counts, because other programs run meanwhile. */
const HELP_RUNS = 5;

/** Uses ota-dispatch as a team does: makes a project of its own, tries it, packages it and upgrades it. A firmware CI publishes to it. */
export async function adoptOtaDispatch(adoption: Adoption): Promise<void> {
  const { step } = adoption;
  const budgets = packageBudgets();
  const packed = await pack(adoption, budgets);

  const parent = adoption.emptyFolder();
  bring(packed.tarball, parent);
  await step(`npx makes a project of it in an empty folder`, async () => {
    const ended = succeeded(await adoption.run(parent, ...npx(parent, packed.tarball), 'init', NAME, ...ANSWERS));
    noWarnings(ended.stderr);
    return readdirSync(join(parent, NAME)).sort().join(', ');
  });
  const project = join(parent, NAME);
  await step('npm install', async () => {
    const { stdout, stderr, milliseconds } = succeeded(await adoption.run(project, 'npm', 'install'));
    noWarnings(`${stdout}${stderr}`);
    return within('no warning,', milliseconds, budgets.installMilliseconds, seconds);
  });
  await step('it is no larger than a clone, and knows nothing of one', () => {
    nothingOfTheRepository(project);
    return [
      within('installed', sizeOf(join(project, 'node_modules')), sizeOf(join(root, 'node_modules')), megabytes),
      within('packages', packagesIn(project), budgets.installedPackages, count),
    ].join('; ');
  });
  await step('ota publish --help', async () => {
    const times: number[] = [];
    for (let runs = 0; runs < HELP_RUNS; runs += 1)
      times.push(succeeded(await adoption.run(project, join('node_modules', '.bin', 'ota'), 'publish', '--help')).milliseconds);
    return within('the best time is', Math.min(...times), budgets.publishHelpMilliseconds, seconds);
  });
  // The copy has what `npm install` made, so nothing is installed twice.
  const copy = join(adoption.emptyFolder(), NAME);
  await cp(project, copy, { recursive: true, verbatimSymlinks: true });
  const teams = adoptInTeams(adoption, copy, packed);
  await Promise.all([tryOut(adoption, project), fromFileOfAwsCli(adoption, parent, packed.tarball), teams]);
}

type Packed = { readonly tarball: string; readonly tarballForCi: string };

async function pack(adoption: Adoption, budgets: ReturnType<typeof packageBudgets>): Promise<Packed> {
  let packed: Packed = { tarball: '', tarballForCi: '' };
  await adoption.step('it is packed, and a small package for CI', async () => {
    const tarball = await adoption.pack('.');
    const tarballForCi = await adoption.pack('packages/ota-dispatch-cli');
    packed = { tarball, tarballForCi };
    return [
      within(basename(tarball), statSync(tarball).size, budgets.tarballBytes, megabytes),
      within(basename(tarballForCi), statSync(tarballForCi).size, budgets.tarballForCiBytes, megabytes),
    ].join('; ');
  });
  return packed;
}

/** The steps of somebody who tries the project out. */
async function tryOut(adoption: Adoption, project: string): Promise<void> {
  const { step } = adoption;
  const inProject = (...words: readonly string[]) => adoption.run(project, ...npmExec, ...words);
  await step('ota check', async () => lastLine(succeeded(await inProject('ota', 'check')).stdout));
  await step('ota plan', async () => {
    const { stdout } = succeeded(await inProject('ota', 'plan', FIRST_RELEASE, '--stage', STAGE));
    const { rollouts } = JSON.parse(stdout) as { rollouts: { channel: string; operation: string }[] };
    assert.ok(rollouts.length > 0, stdout);
    return rollouts.map(({ channel, operation }) => `${operation} on ${channel}`).join(', ');
  });
  const ofRepository = adoption.emptyFolder();
  await step('serverless package gives the template of the repository', async () => {
    const repository = packageAsRepository(ofRepository, project, STAGE);
    repository.catch(() => undefined);
    const { stdout, stderr } = succeeded(await inProject('serverless', 'package', '--stage', STAGE));
    noWarnings(`${stdout}${stderr}`);
    await repository;
    return await sameAsRepository(project, ofRepository);
  });
  await step('ota start --exit', async () => {
    const port = String(await adoption.freePort());
    return lastLine(succeeded(await inProject('ota', 'start', '--exit', '--port', port)).stdout);
  });
  await step('TypeScript at its strictest accepts ota-dispatch/events', async () => {
    writeFileSync(join(project, 'consumer.mts'), CONSUMER);
    const compilerOptions = { ...STRICTEST, types: [], noEmit: false, resolveJsonModule: true, rootDir: '.', outDir: 'compiled' };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.mts'] }));
    succeeded(await adoption.run(project, join(root, 'node_modules', '.bin', 'tsc'), '--project', project));
    const { stdout } = succeeded(await adoption.run(project, 'node', '--eval', PRINTER));
    assert.equal(stdout, 'thermostat version false\n');
    return 'it judges a right and a wrong release';
  });
}

/** The steps of others: a firmware CI that has nothing of the project, and whoever upgrades it. */
async function adoptInTeams(adoption: Adoption, project: string, { tarball, tarballForCi }: Packed): Promise<void> {
  const { step } = adoption;
  const inProject = (...words: readonly string[]) => adoption.run(project, ...npmExec, ...words);
  const ci = adoption.emptyFolder();
  let served: Started | undefined;
  let endpoint = '';
  await step('ota start', async () => {
    const port = await adoption.freePort();
    endpoint = `http://127.0.0.1:${port}`;
    const options = ['--port', String(port), '--no-examples', '--no-console'];
    const program = join('node_modules', '.bin', 'ota');
    served = await adoption.start(new RegExp(`export AWS_ENDPOINT_URL=${endpoint}`), project, program, 'start', ...options);
    return endpoint;
  });
  await step('ota publish in an empty folder of a CI', async () => {
    bring(tarballForCi, ci);
    const { detail } = JSON.parse(readFileSync(join(project, FIRST_RELEASE), 'utf8')) as { detail: { version: string } };
    writeFileSync(join(ci, 'release.json'), JSON.stringify(detail).replaceAll(detail.version, LATER_VERSION));
    writeFileSync(join(ci, 'app.bin'), 'my firmware\n');
    const variables = ['AWS_ACCESS_KEY_ID=test', 'AWS_SECRET_ACCESS_KEY=test', 'AWS_REGION=us-east-1', `AWS_ENDPOINT_URL=${endpoint}`];
    const words = ['publish', 'release.json', '--upload', 'app.bin', '--stage', 'local', '--json'];
    const { stdout } = succeeded(await adoption.run(ci, 'env', ...variables, ...npx(ci, tarballForCi), ...words));
    return JSON.stringify(JSON.parse(stdout)).slice(0, 100);
  });
  await step('SIGTERM stops ota start', async () => `exit status ${await served?.stop()}`);
  await step('ota diff shows what an upgrade changes', async () => {
    const next = await packNextVersion(adoption, tarball);
    succeeded(await inProject('ota', 'diff', '--save', 'before.json', '--stage', STAGE));
    mkdirSync(join(project, 'vendor'), { recursive: true });
    bring(next, join(project, 'vendor'));
    const { stdout, stderr } = succeeded(await adoption.run(project, 'npm', 'install', `./vendor/${basename(next)}`));
    noWarnings(`${stdout}${stderr}`);
    succeeded(await inProject('serverless', 'package', '--stage', STAGE));
    const shown = succeeded(await inProject('ota', 'diff', 'before.json', '.serverless')).stdout;
    const [permission, property] = [shown.indexOf(CHANGED.action), shown.indexOf(CHANGED.property)];
    assert.ok(permission >= 0 && property > permission, `it does not show the permission and then the property:\n${shown}`);
    assert.equal(templateIn(project).Resources[CHANGED.queue]?.Properties[CHANGED.property], CHANGED.value);
    return `${basename(next)} has ${CHANGED.action} and ${CHANGED.property} ${CHANGED.value}`;
  });
}

/** A team that has used the AWS CLI until now begins with its file. */
async function fromFileOfAwsCli(adoption: Adoption, folder: string, tarball: string): Promise<void> {
  await adoption.step('npx makes a project of a file for aws iot create-ota-update', async () => {
    writeFileSync(join(folder, 'update.json'), JSON.stringify(UPDATE));
    const words = ['init', 'from-cli', '--product', 'thermostat', '--from-cli', 'update.json'];
    succeeded(await adoption.run(folder, ...npx(folder, tarball), ...words));
    const channels = readFileSync(join(folder, 'from-cli', 'channels.yml'), 'utf8');
    for (const kept of KEPT) assert.ok(channels.includes(kept), `${kept} is not in channels.yml:\n${channels}`);
    return KEPT.join(', ');
  });
}

/** Nothing that npm would have to fetch under a name that a stranger could register. */
const npmExec = ['npm', 'exec', '--no', '--'] as const;

/** npx takes `./FILE` from the nearest folder above that has node_modules, so a stray one in the temporary folder would mislead it. */
const npx = (folder: string, tarball: string) => ['npx', '--yes', '--package', join(folder, basename(tarball)), 'ota'] as const;

const bring = (tarball: string, folder: string): void => copyFileSync(tarball, join(folder, basename(tarball)));

const lastLine = (output: string): string => output.trim().split('\n').at(-1) ?? '';

/** Throws if npm or Node warned of anything. */
function noWarnings(output: string): void {
  const warnings = output.split('\n').filter((line) => /\bwarn\b|warning|deprecated/i.test(line));
  assert.deepEqual(warnings, [], 'it prints warnings');
}

/** A file for `aws iot create-ota-update --cli-input-json`. */
const UPDATE = {
  otaUpdateId: 'thermostat-1-4-2',
  targets: ['arn:aws:iot:eu-central-1:123456789012:thinggroup/thermostat-beta'],
  protocols: ['MQTT'],
  targetSelection: 'SNAPSHOT',
  awsJobExecutionsRolloutConfig: { maximumPerMinute: 100 },
  roleArn: 'arn:aws:iam::123456789012:role/ota-service',
  files: [
    {
      fileName: '/firmware/app.bin',
      fileLocation: { s3Location: { bucket: 'acme-firmware', key: 'thermostat/1.4.2/app.bin', version: 'x' } },
      codeSigning: {
        startSigningJobParameter: {
          signingProfileName: 'acme_t6',
          destination: { s3Destination: { bucket: 'acme-firmware', prefix: 'signed/' } },
        },
      },
    },
  ],
};

/** What channels.yml must have of it. */
const KEPT = ['thinggroup/thermostat-beta', 'role/ota-service', 'maximumPerMinute: 100', 'signingProfileName: acme_t6'];

/** A program that judges a release of a file, and a wrong one. It exports what it found. */
const CONSUMER = `
import { type Checked, checkOutcome, checkRelease, isOutcomeEvent, type OutcomeEvent, type ReleaseEvent } from 'ota-dispatch/events';
import example from './examples/first-release.json' with { type: 'json' };

const right: Checked<ReleaseEvent> = checkRelease(example.detail);
const wrong = checkRelease({ ...example.detail, version: 'the newest' });
const product: string = right.ok ? right.event.product : '';
const paths: string[] = wrong.ok ? [] : wrong.problems.map(({ path }) => path);
const outcome: Checked<OutcomeEvent> = checkOutcome({});
const version = (event: OutcomeEvent): string => (isOutcomeEvent(event, 'OTA Rollout Completed') ? event.detail.version : '');
// @ts-expect-error There is no such member.
export const nothing = right.event;
export { outcome, paths, product, version };
`;

/** Runs that program and prints what it found. */
const PRINTER = `import('./compiled/consumer.mjs').then(({ outcome, paths, product }) => console.log(product, paths.join(), outcome.ok));`;
