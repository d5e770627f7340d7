import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { FUNCTIONS } from './bundle.ts';
import { CODE, CONFIGURATION, copyService, EXAMPLE_CHANNELS, TEST_PARAMETERS } from './service-copy.ts';

const ROOT = join(import.meta.dirname, '..');
const CACHE = join(ROOT, 'node_modules', '.cache', 'ota-dispatch-package');
const A_DAY = 86_400_000;
/** Most tests package these handlers, because the template does not depend on the code. */
const STAND_IN = 'export const handler = async () => ({ batchItemFailures: [] });\n';

/** A compiled CloudFormation template, with the members that tests read. */
export type Template = {
  Resources: Record<string, Resource>;
  Outputs: Record<string, { Value: unknown }>;
  Conditions?: Record<string, unknown>;
};

export type Resource = {
  Type: string;
  Properties: Record<string, unknown>;
  Condition?: string;
  DependsOn?: string | string[];
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
};

/**
 * What to package. `channels` is the text of a channels file that replaces the one of the examples. `code` selects the real
 * handlers or stand-ins. `fresh` packages again even if the result is in the cache.
 */
export type Packaging = {
  stage?: string;
  params?: Readonly<Record<string, string>>;
  channels?: string;
  code?: 'real' | 'standIn';
  fresh?: boolean;
};

/** The folder that contains `.serverless/` and `dist/`, and what `serverless` printed. */
export type Packaged = { folder: string; printed: string };

/**
 * Packages a copy of the service with the real `serverless package`. Results are kept for a day, so the same input is packaged
 * only once, unless `fresh`. Throws with the output of `serverless` if it fails.
 */
export async function packageService({
  stage = 'local',
  params = {},
  channels,
  code = 'standIn',
  fresh = false,
}: Packaging = {}): Promise<Packaged> {
  const inputs = code === 'real' ? [...CONFIGURATION, ...CODE] : CONFIGURATION;
  const kept = join(CACHE, digestOf([...inputs, TEST_PARAMETERS], JSON.stringify([stage, params, channels, code])));
  if (!fresh && existsSync(kept)) return { folder: kept, printed: '' };
  const given = Object.entries(params).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
  return await inCopy({ inputs, channels, code }, async (folder) => {
    const printed = await serverless(folder, ['package', '--stage', stage, ...given]);
    return { folder: fresh ? keep(folder, `${kept}-${randomUUID()}`) : keep(folder, kept), printed };
  });
}

/**
 * Runs another `serverless` command in a copy of the service with stand-ins for the handlers, and answers what it printed.
 * `environment` is added to that of this process. `channels` is the text of a channels file that replaces the one of the examples.
 * Throws with the output of `serverless` if it fails.
 */
export async function runServerless(
  options: string[],
  environment: Readonly<Record<string, string>> = {},
  channels?: string,
): Promise<string> {
  return await inCopy({ inputs: CONFIGURATION, channels, code: 'standIn' }, (folder) => serverless(folder, options, environment));
}

type Copy = { readonly inputs: readonly string[]; readonly channels: string | undefined; readonly code: 'real' | 'standIn' };

async function inCopy<T>({ inputs, channels, code }: Copy, run: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'ota-dispatch-package-'));
  try {
    copyService(folder, inputs);
    if (channels !== undefined) writeFileSync(join(folder, EXAMPLE_CHANNELS), channels);
    if (code === 'standIn') standIn(folder);
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Moves the result from `folder` to `kept` in one step, so that another worker sees all of it or nothing. Deletes old results. */
function keep(folder: string, kept: string): string {
  for (const old of existsSync(CACHE) ? readdirSync(CACHE) : [])
    if (Date.now() - statSync(join(CACHE, old)).mtimeMs > A_DAY) rmSync(join(CACHE, old), { recursive: true, force: true });
  const part = `${kept}.part-${randomUUID()}`;
  for (const made of ['.serverless', 'dist']) cpSync(join(folder, made), join(part, made), { recursive: true });
  if (existsSync(kept)) rmSync(part, { recursive: true });
  else renameSync(part, kept);
  return kept;
}

/** Packages the service and reads the compiled template. */
export async function compiledTemplate(packaging: Packaging = {}): Promise<Template> {
  const { folder } = await packageService(packaging);
  return JSON.parse(readFileSync(join(folder, '.serverless', 'cloudformation-template-update-stack.json'), 'utf8')) as Template;
}

async function serverless(folder: string, options: string[], environment: Readonly<Record<string, string>> = {}): Promise<string> {
  try {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [join(ROOT, 'node_modules', 'serverless', 'bin', 'serverless.js'), ...options],
      {
        cwd: folder,
        env: { ...process.env, CI: '1', ...environment },
      },
    );
    return `${stdout}${stderr}`;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`serverless ${options.join(' ')}\n${stdout}${stderr}`, { cause: error });
  }
}

function digestOf(inputs: readonly string[], more: string): string {
  const hash = createHash('sha256').update(more);
  for (const file of inputs.flatMap((input) => filesUnder(join(ROOT, input))))
    hash.update(relative(ROOT, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function filesUnder(path: string): string[] {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function standIn(folder: string): void {
  mkdirSync(join(folder, 'handlers'));
  for (const name of FUNCTIONS) writeFileSync(join(folder, 'handlers', `${name}.ts`), STAND_IN);
}
