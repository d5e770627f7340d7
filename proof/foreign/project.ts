import { mkdtempSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from '../../scripts/installation.ts';
import { type Account, listenTo, openStage } from './account.ts';
import type { Checks } from './checks.ts';
import { type Clone, cloneIn } from './clone.ts';
import { type Ended, run, tailOf } from './commands.ts';
import { REGION } from './engine.ts';
import { deployFirst, remove } from './lifecycle.ts';
import { BUCKET } from './releases.ts';
import { sweeping } from './sweeps.ts';

const NAME = 'my-fleet';
const PRODUCT = 'thermostat';
/** What `ota init` writes for a first release. */
const FIRST_RELEASE = 'examples/first-release.json';
const FIRST_FIRMWARE = `examples/artifacts/${BUCKET}/${PRODUCT}/0.1.0/firmware.bin`;

/** A project that `ota init` has made, which has nothing of the repository but the packed package. */
export type Project = Clone & { ota(...args: readonly string[]): Promise<Ended> };

/**
 * Packs the package and makes a project with it below `temporary`, as somebody does who has no clone. npm needs the network. Throws with
 * the last lines of a command that fails. `env` is the environment of `serverless`, `otaEnv` that of `ota`.
 */
export async function projectFor(stage: string, temporary: string, env: NodeJS.ProcessEnv, otaEnv: NodeJS.ProcessEnv): Promise<Project> {
  const parent = mkdtempSync(join(temporary, `${stage}-`));
  const npm = async (cwd: string, ...args: readonly string[]): Promise<Ended> => {
    const ended = await run('npm', args, { cwd, env });
    if (ended.status !== 0) throw new Error(`npm ${args.join(' ')}: ${tailOf(ended)}`);
    return ended;
  };
  const packed = await npm(root, 'pack', '--json', '--pack-destination', parent);
  const [, tarball] = /"filename":\s*"([^"]+)"/.exec(packed.stdout) ?? [];
  if (tarball === undefined) throw new Error(`npm pack names no file: ${tailOf(packed)}`);
  const answers = ['--product', PRODUCT, '--bucket', BUCKET, '--control-plane', 'createOTAUpdate', '--region', REGION];
  // The whole path: npm takes ./FILE from the nearest folder above that has a package.json or node_modules.
  await npm(parent, 'exec', '--yes', '--package', join(parent, basename(tarball)), '--', 'ota', 'init', NAME, ...answers);
  const folder = join(parent, NAME);
  await npm(folder, 'install');
  const exec = (of: NodeJS.ProcessEnv, ...args: readonly string[]) => run('npm', ['exec', '--no', '--', ...args], { cwd: folder, env: of });
  return {
    ...cloneIn(folder, stage, (...args) => exec(env, 'serverless', ...args, '--stage', stage)),
    ota: (...args) => exec(otaEnv, 'ota', ...args),
  };
}

/** A stage that is deployed from such a project: one release comes to its end, and the stage is removed. */
export async function driveProject(project: Project, account: Account, env: NodeJS.ProcessEnv, checks: Checks): Promise<void> {
  if (!(await deployFirst(project, account, checks))) return;
  const stage = openStage(account, project.stage);
  const scene = { account, stage, listener: await listenTo(account, project.stage), checks, env };
  await sweeping(scene, async () => {
    const published = await project.ota('publish', FIRST_RELEASE, '--upload', FIRST_FIRMWARE, '--stage', project.stage);
    const isEnded = published.status === 0 && / COMPLETED \(10 succeeded\)/.test(published.stdout);
    checks.equal('a release comes to its end through ota publish', isEnded ? 'it does' : tailOf(published), 'it does');
  });
  await checks.part('a removal', async () => {
    // EventBridge deletes no bus that still has a rule.
    await scene.listener.stop();
    await remove(scene, project);
  });
}
