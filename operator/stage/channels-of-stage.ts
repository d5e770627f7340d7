import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { UsageError } from '../../scripts/command.ts';
import { readGivenFile, serverlessFile } from '../../scripts/given-file.ts';
import { projectFolder } from '../../scripts/installation.ts';

type Params = { readonly channels?: unknown; readonly region?: unknown };
type Deployment = { readonly params?: Readonly<Record<string, Params | null>> | null } | null;

/** The text of a channels.yml, and its name for messages. */
export type ChannelsFile = { readonly name: string; readonly text: string };

/**
 * A stage's channels.yml: the file that a person named, or else the one that serverless.yml deploys the stage with. Throws UsageError if
 * it cannot be read.
 */
export function channelsOf(stage: string, given: string | undefined): ChannelsFile {
  const found = findChannels(stage, given);
  if (found === undefined) throw new UsageError('there is no channels.yml here: pass --channels FILE');
  return found;
}

/**
 * The same. Undefined in a folder without one, such as that of a firmware team, if nobody named a file.
 */
export function findChannels(stage: string, given: string | undefined, folder?: string): ChannelsFile | undefined {
  if (given !== undefined) return { name: given, text: readGivenFile(given) };
  const serverless = findServerless(folder);
  const named = serverless && paramOf('channels', stage, serverless);
  const name = named ?? DEFAULT_CHANNELS;
  const path = resolve(folder ?? projectFolder(), name);
  return named === undefined && !existsSync(path) ? undefined : { name, text: readGivenFile(path) };
}

const DEFAULT_CHANNELS = 'channels.yml';

/**
 * The region of a stage: the one that a person named, or else the one in which serverless.yml deploys the stage. If that is known only at
 * deployment, or if there is no such file, it is AWS_REGION. Throws UsageError if what was named cannot be a region, or if nothing
 * names one.
 */
export function regionOf(stage: string, given: string | undefined, folder?: string): string {
  if (given === undefined) {
    const serverless = findServerless(folder);
    const { AWS_REGION: ofEnvironment } = process.env;
    if (serverless !== undefined || stage === 'local') return nameOfRegion(stage, serverless ?? '', ofEnvironment);
    if (ofEnvironment) return ofEnvironment;
    throw new UsageError(`no region is known, because there is no serverless.yml here: ${REMEDIES.region}`);
  }
  if (!/^[a-z]+(?:-[a-z]+)+-\d+$/.test(given)) throw new UsageError(`--region takes a region such as eu-west-1, not ${given || 'nothing'}`);
  return given;
}

/** The stages that serverless.yml has parameters for, and `local`. Only `local` if the file cannot be read. */
export function stageNames(): string[] {
  let deployment: Deployment = null;
  try {
    deployment = parse(findServerless() ?? '', { logLevel: 'silent' }) as Deployment;
  } catch {
    // The names only help to find the right one.
  }
  const params = deployment?.params;
  return [...new Set(['local', ...Object.keys(typeof params === 'object' && params !== null ? params : {})])].filter(
    (name) => name !== 'default',
  );
}

/**
 * The parameter `channels` of a stage in the text of a serverless.yml. Its CloudFormation tags are ignored. The stage is the
 * only variable that is known here. Throws UsageError for every other variable.
 */
export function nameOfChannels(stage: string, serverless: string): string {
  return paramOf('channels', stage, serverless) ?? DEFAULT_CHANNELS;
}

/**
 * The parameter `region`, read in the same way. Without one it is eu-west-1, and us-east-1 for the stage `local`. With another variable
 * in it, it is `atDeployment`.
 */
export function nameOfRegion(stage: string, serverless: string, atDeployment?: string): string {
  return paramOf('region', stage, serverless, atDeployment) ?? (stage === 'local' ? 'us-east-1' : 'eu-west-1');
}

function paramOf(param: keyof Params, stage: string, serverless: string, atDeployment?: string): string | undefined {
  const params = (parseServerless(serverless) as Deployment)?.params ?? {};
  const own = Object.hasOwn(params, stage) ? params[stage] : undefined;
  const given = own?.[param] ?? params['default']?.[param];
  if (given === undefined || given === null) return undefined;
  const text = String(given).replaceAll(STAGE, stage);
  if (!text.includes('${')) return text;
  if (atDeployment) return atDeployment;
  throw new UsageError(`${param} in serverless.yml is ${text}, which is only known at deployment: ${REMEDIES[param]}`);
}

/** The value in the text of a serverless.yml. Throws UsageError if it is not YAML. */
export function parseServerless(text: string): unknown {
  try {
    return parse(text, { logLevel: 'error' });
  } catch (cause) {
    const [why = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n', 1);
    throw new UsageError(`serverless.yml is not YAML: ${why.replace(/:$/, '')}`, { cause });
  }
}

const REMEDIES = { channels: 'pass --channels FILE', region: 'set AWS_REGION (check and plan also take --region)' } as const;

/** The text of the serverless.yml of a project. Undefined in a folder without one. */
function findServerless(folder?: string): string | undefined {
  const file = serverlessFile(folder);
  return existsSync(file) ? readGivenFile(file) : undefined;
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of serverless.yml
const STAGE = '${sls:stage}';
