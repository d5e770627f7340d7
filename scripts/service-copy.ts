import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './installation.ts';

/**
 * The channels with which tests, proofs and benchmarks run the service, as a path below the root. They never read channels.yml
 * in the root, because it is the user's.
 */
export const EXAMPLE_CHANNELS = join('examples', 'channels.yml');

/** The parameters that take the place of the user's, as a path below the root. */
export const TEST_PARAMETERS = join('test', 'support', 'serverless.yml');

/** Everything that packaging reads, except the code of the handlers. */
export const CONFIGURATION = ['serverless.yml', EXAMPLE_CHANNELS, 'package.json', 'infrastructure', 'scripts', 'domain'] as const;
/** The code of the handlers. */
export const CODE = ['handlers', 'adapters'] as const;

/**
 * Copies files and folders of the repository, by their paths below the root, into `folder`, with node_modules. The copy has the
 * channels of the examples and the parameters of the tests, whatever the user has written into channels.yml and serverless.yml.
 */
export function copyService(folder: string, sources: readonly string[]): void {
  for (const source of sources) cpSync(join(root, source), join(folder, source), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  if (sources.includes('serverless.yml')) writeFileSync(join(folder, 'serverless.yml'), serverlessWithTestParameters());
}

/** The text of serverless.yml with the parameters of the tests. */
export function serverlessWithTestParameters(): string {
  const read = (file: string) => readFileSync(join(root, file), 'utf8');
  return withParameters(read('serverless.yml'), read(TEST_PARAMETERS));
}

/** The text of a serverless.yml with the block `params` of another one. Throws if one of the two has no such block. */
export function withParameters(serverless: string, other: string): string {
  const block = PARAMETERS.exec(other)?.[0];
  if (block === undefined || !PARAMETERS.test(serverless)) throw new Error('serverless.yml has no block params');
  return serverless.replace(PARAMETERS, () => block);
}

/** The line `params:` and all lines after it that are empty, a comment or indented. */
const PARAMETERS = /^params:.*\n(?:(?:[ \t#].*)?\n)*/m;
