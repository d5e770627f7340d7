import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../scripts/installation.ts';
import { packHandlers } from '../../scripts/pack/handlers.ts';
import { packInfrastructure } from '../../scripts/pack/infrastructure.ts';
import { projectServerless } from '../../scripts/pack/project-files.ts';
import { EXAMPLE_CHANNELS, serverlessWithTestParameters } from '../../scripts/service-copy.ts';

/**
 * Makes in `folder` what serverless needs of a user's project: the packed infrastructure and handlers below node_modules, without
 * npm, and a serverless.yml with the parameters of the tests.
 */
export async function makeProject(folder: string): Promise<void> {
  const installed = join(folder, 'node_modules', 'ota-dispatch');
  mkdirSync(installed, { recursive: true });
  cpSync(join(root, 'package.json'), join(installed, 'package.json'));
  await packInfrastructure(join(installed, 'lib'));
  await packHandlers(join(installed, 'lib'));
  symlinkSync(join(root, 'node_modules', 'serverless'), join(folder, 'node_modules', 'serverless'));
  writeFileSync(join(folder, 'package.json'), '{ "name": "my-fleet", "private": true }\n');
  writeFileSync(join(folder, 'serverless.yml'), projectServerless(serverlessWithTestParameters()));
  mkdirSync(join(folder, dirname(EXAMPLE_CHANNELS)));
  cpSync(join(root, EXAMPLE_CHANNELS), join(folder, EXAMPLE_CHANNELS));
}

/** Runs serverless in a project. Answers what it printed. Throws with that if it fails. */
export async function serverlessIn(folder: string, options: string[], environment: Readonly<Record<string, string>> = {}): Promise<string> {
  try {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [join(folder, 'node_modules', 'serverless', 'bin', 'serverless.js'), ...options],
      { cwd: folder, env: { ...process.env, CI: '1', ...environment } },
    );
    return `${stdout}${stderr}`;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`serverless ${options.join(' ')}\n${stdout}${stderr}`, { cause: error });
  }
}
