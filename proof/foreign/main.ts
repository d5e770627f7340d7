import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { command, exit } from '../../scripts/command.ts';
import { type Account, listenTo, openAccount, openStage } from './account.ts';
import { type Checks, checksOf, type Tally } from './checks.ts';
import { type Clone, cloneFor } from './clone.ts';
import { deadLetter } from './dead-letters.ts';
import { duplicates, refusals, releaseOnEach, type Scene } from './dispatch.ts';
import { type Engine, startEngine } from './engine.ts';
import { failFirst } from './first-deployment.ts';
import { forwardJobEvents } from './job-events.ts';
import { type Adoption, adopt, deployFirst, remove, rollBack, update } from './lifecycle.ts';
import { kills, outOfOrder } from './pressure.ts';
import { driveProject, projectFor } from './project.ts';
import { startRecorder } from './recorder.ts';
import { BUCKET } from './releases.ts';
import { sweepEachMinute, sweeping } from './sweeps.ts';
import { lintTemplates } from './template-lint.ts';
import { CannotBegin, installTools, type Tools } from './tools.ts';
import { withdrawWhatIsLive } from './withdrawals.ts';

const usage = `Usage: npm run foreign

Deploys the service with the serverless CLI on ministack, an engine that nobody here wrote, and drives it there. Only IoT Core and
managed integrations are the stand-ins of this repository. Every check prints a line. The first run installs Python packages.
Status 0: every check passed. 1: one failed, or Python or the network is missing. 2: the arguments are not understood.`;

await command('foreign', usage, async () => {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h', default: false } } });
  if (values.help) {
    console.log(usage);
    return exit.ok;
  }
  const temporary = mkdtempSync(join(tmpdir(), 'ota-dispatch-foreign-'));
  process.once('exit', () => rmSync(temporary, { recursive: true, force: true, maxRetries: 3 }));
  try {
    const tools = await installTools(console.log);
    const engine = await startEngine(tools.ministack, temporary);
    const tally = await drive(engine, tools, temporary).finally(engine.stop);
    console.log(`${tally.passed} passed, ${tally.failed} failed`);
    return tally.failed === 0 ? exit.ok : exit.failed;
  } catch (error) {
    if (!(error instanceof CannotBegin)) throw error;
    console.error(`foreign: ${error.message}`);
    return exit.failed;
  }
});

/** Carries out everything: three stages side by side, and the judgement of the templates. Answers how many checks passed. */
async function drive(engine: Engine, tools: Tools, temporary: string): Promise<Tally> {
  const tally: Tally = { passed: 0, failed: 0 };
  const checksFor = (name: string) => checksOf(name, tally, console.log);
  const [dev, prod, fleet] = [checksFor('dev'), checksFor('prod'), checksFor('fleet')];
  const [template, deployer] = [checksFor('template'), checksFor('deployer')];
  const account = openAccount(engine);
  await account.makeBucket(BUCKET);
  const recorder = await startRecorder(engine.endpoint);
  const env = { ...engine.env, AWS_ENDPOINT_URL: recorder.endpoint };
  const clones = { dev: cloneFor('dev', temporary, env), prod: cloneFor('prod', temporary, env, ['--param', 'kmsKey=create']) };
  await Promise.all([
    dev.part('the stage', () => driveDev(engine, tools, account, clones.dev, dev)),
    prod.part('the stage', () => driveProd(engine, tools, account, clones.prod, prod)),
    fleet.part('a project of its own', async () =>
      driveProject(await projectFor('fleet', temporary, env, engine.env), account, engine.env, fleet),
    ),
    template.part('the templates', () => lintTemplates(tools, template)),
  ]);
  const versions = new Set((await openStage(account, 'prod').rows()).map(({ product, version }) => `${product} ${version}`));
  prod.equal('each stage has its own releases only, and both have released one version', [...versions].sort(), [
    'hub 6.0.0',
    'thermostat 8.0.0',
  ]);
  deployer.equal('the serverless CLI makes the calls of serverless-calls.json', recorder.calls(), readCalls());
  await recorder.stop();
  return tally;
}

/** The calls for which infrastructure/deployer-policy.json allows something, as its test reads them. */
function readCalls(): readonly string[] {
  return Object.keys(JSON.parse(readFileSync(join(import.meta.dirname, 'serverless-calls.json'), 'utf8')) as object).sort();
}

/** The stage that is released to, changed, rolled back, removed and deployed again. */
async function driveDev(engine: Engine, tools: Tools, account: Account, clone: Clone, checks: Checks): Promise<void> {
  if (!(await deployFirst(clone, account, checks))) return;
  const stage = openStage(account, 'dev');
  const scene = { account, stage, listener: await listenTo(account, 'dev'), checks, env: engine.env };
  await sweepEachMinute(account, 'dev', checks);
  await checks.part('job events', () => forwardJobEvents(account, stage, checks));
  await checks.part('a release on each control plane', () => releaseOnEach(scene));
  await sweeping(scene, async () => {
    await checks.part('duplicates', () => duplicates(scene));
    await checks.part('refusals', () => refusals(scene));
    await checks.part('out of order', () => outOfOrder(scene));
    await checks.part('kills', () => kills(scene, engine));
    await checks.part('withdrawals', () => withdrawWhatIsLive(scene));
    await checks.part('an update', () => update(scene, clone));
    await checks.part('a rollback', () => rollBack(scene, clone));
  });
  await removeAndAdopt(scene, clone, { tools, kept: ['LedgerTable', 'DocumentsBucket'], afterRefusal: true, version: '8.0.0' });
}

/** The stage beside it: its first deployment fails, and it has a key of its own. */
async function driveProd(engine: Engine, tools: Tools, account: Account, clone: Clone, checks: Checks): Promise<void> {
  await checks.part('a first deployment that fails', () => failFirst(clone, account, checks));
  if (!(await deployFirst(clone, account, checks))) return;
  const stage = openStage(account, 'prod');
  const scene = { account, stage, listener: await listenTo(account, 'prod'), checks, env: engine.env };
  await sweeping(scene, async () => {
    await checks.part('a dead letter', () => deadLetter(scene));
  });
  await removeAndAdopt(scene, clone, {
    tools,
    kept: ['LedgerTable', 'DocumentsBucket', 'EncryptionKey'],
    afterRefusal: false,
    version: '8.0.0',
  });
}

async function removeAndAdopt(scene: Scene, clone: Clone, how: Omit<Adoption, 'rows'>): Promise<void> {
  let rows = 0;
  const isRemoved = await scene.checks.part('a removal', async () => {
    // EventBridge deletes no bus that still has a rule.
    await scene.listener.stop();
    rows = await remove(scene, clone);
  });
  if (isRemoved) await scene.checks.part('an adoption', () => adopt(scene, clone, { ...how, rows }));
}
