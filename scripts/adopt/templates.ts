import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { bundleFunction, FUNCTIONS } from '../bundle.ts';
import type { Template } from '../compiled-template.ts';
import { PACKED_INFRASTRUCTURE, root } from '../installation.ts';
import { CODE, CONFIGURATION, copyService, withParameters } from '../service-copy.ts';

/** Packages the service as the repository does, in `folder`, with the channels and the parameters of a project. */
export async function packageAsRepository(folder: string, project: string, stage: string): Promise<void> {
  copyService(folder, [...CONFIGURATION, ...CODE]);
  copyFileSync(join(project, 'channels.yml'), join(folder, 'channels.yml'));
  const read = (from: string) => readFileSync(join(from, 'serverless.yml'), 'utf8');
  const parameters = read(project).replaceAll(`${PACKED_INFRASTRUCTURE}/`, 'infrastructure/');
  writeFileSync(join(folder, 'serverless.yml'), withParameters(read(root), parameters));
  const cli = join(root, 'node_modules', 'serverless', 'bin', 'serverless.js');
  await promisify(execFile)(process.execPath, [cli, 'package', '--stage', stage], { cwd: folder, env: { ...process.env, CI: '1' } });
}

/** The compiled template of a packaged folder, without the time at which it was packaged. */
export function templateIn(folder: string): Template {
  const text = readFileSync(join(folder, '.serverless', 'cloudformation-template-update-stack.json'), 'utf8');
  return JSON.parse(text.replace(/\/\d{13}-\d{4}-\d\d-\d\dT[\d:.]+Z\//g, '/TIME/')) as Template;
}

/**
 * Throws if `project` has packaged another template than `copy`, which is a copy of the repository, or other bytes than the repository has for
 * a function. esbuild names parts after their paths, so a copy of the repository has other ones. Answers what is equal.
 */
export async function sameAsRepository(project: string, copy: string): Promise<string> {
  const template = templateIn(project);
  assert.deepEqual(template, templateIn(copy), 'the templates differ');
  const handlers = join(copy, 'handlers-of-repository');
  for (const name of FUNCTIONS) {
    await bundleFunction(root, name, handlers);
    const files = name === 'releases' ? ['channels.json', 'channels.checked.json'] : [];
    const channels = Object.fromEntries(files.map((file) => [file, hashOf(join(copy, 'dist', name, file))]));
    const ofRepository = { ...hashesOf(join(handlers, name)), ...channels };
    assert.deepEqual(hashesOf(join(project, 'dist', name)), ofRepository, `the bytes of ${name} differ`);
  }
  return `${Object.keys(template.Resources).length} resources and the bytes of ${FUNCTIONS.length} functions`;
}

/** The SHA-256 of each file in a folder. */
function hashesOf(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => [file, hashOf(join(folder, file))]));
}

const hashOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');
