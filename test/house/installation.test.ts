import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { infrastructure, ota, page, root } from '../../scripts/installation.ts';

const project = realpathSync(mkdtempSync(join(tmpdir(), 'installation-')));
const outside = realpathSync(mkdtempSync(join(tmpdir(), 'installation-')));
const words = "console.log(JSON.stringify([ota, page('how-to/deploy.md#removing'), page('how-to/local.md'), infrastructure]));";

/** Installs a package with a page of the docs and a program that prints the words of this file. */
async function install(folder: string): Promise<string> {
  const program = join(folder, 'lib/ota/main.mjs');
  mkdirSync(join(folder, 'lib/docs/how-to'), { recursive: true });
  writeFileSync(join(folder, 'lib/docs/how-to/deploy.md'), '');
  writeFileSync(join(folder, 'package.json'), '{}');
  const contents = `import { infrastructure, ota, page } from ${JSON.stringify(join(root, 'scripts/installation.ts'))};\n${words}`;
  const stdin = { contents, resolveDir: root };
  await build({ stdin, outfile: program, bundle: true, platform: 'node', format: 'esm', define: { OTA_PACKED: 'true' } });
  return program;
}

const printedIn = (cwd: string, program: string): unknown =>
  JSON.parse(execFileSync(process.execPath, [program], { cwd, encoding: 'utf8' }));

let program: string;
beforeAll(async () => {
  program = await install(join(project, 'node_modules/ota-dispatch'));
  writeFileSync(join(project, 'serverless.yml'), '');
  mkdirSync(join(project, 'firmware'));
});
afterAll(() => {
  for (const folder of [project, outside]) rmSync(folder, { recursive: true });
});

describe('The words for what a person types and opens', () => {
  it('name in a clone what the repository has', () => {
    expect([ota, page('how-to/deploy.md'), infrastructure]).toEqual(['npm run ota --', 'docs/how-to/deploy.md', 'infrastructure']);
    expect(existsSync(join(root, page('how-to/deploy.md')))).toBe(true);
  });

  it.each(['.', 'firmware'])('name in a project what the installed package has, in the folder %s', (folder) => {
    expect(printedIn(join(project, folder), program)).toEqual([
      'npm exec --no -- ota',
      'node_modules/ota-dispatch/lib/docs/how-to/deploy.md#removing',
      'docs/how-to/local.md of ota-dispatch',
      'node_modules/ota-dispatch/lib/infrastructure',
    ]);
  });

  it('name the package, if it is not installed in a project', () => {
    const [command, deploy] = printedIn(outside, program) as string[];
    expect([command, deploy]).toEqual(['ota', 'docs/how-to/deploy.md#removing of ota-dispatch']);
  });
});
