import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isPacked, PACKED_INFRASTRUCTURE, root } from './installation.ts';

/**
 * The JavaScript file of the serverless CLI that is installed with this version. Node runs it: no PATH needs to lead to it.
 * @throws if it is not installed, naming what to do
 */
export function serverlessProgram(): string {
  try {
    return createRequire(import.meta.url).resolve('serverless/bin/serverless.js');
  } catch (cause) {
    throw new Error(`the serverless CLI is not installed beside ${root}: run npm install in the folder of your project`, { cause });
  }
}

/**
 * Why no serverless command can work in the project in `folder`. Undefined if it can, and always in a clone. Its serverless.yml
 * includes files below node_modules, and npm can have installed the package in a folder above.
 */
export function installationFault(folder: string, ofPackage = isPacked): string | undefined {
  if (!ofPackage || existsSync(join(folder, PACKED_INFRASTRUCTURE))) return undefined;
  return `serverless.yml includes files of ${join(folder, PACKED_INFRASTRUCTURE)}, which does not exist. If npm has installed ota-dispatch in a folder above, because the project is one of its workspaces, take the project out of \`workspaces\`. Then run npm install in ${folder}`;
}
