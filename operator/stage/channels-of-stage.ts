import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { UsageError } from '../../scripts/command.ts';
import { readGivenFile, root, serverlessFile } from '../../scripts/given-file.ts';

type Params = { readonly channels?: unknown; readonly region?: unknown };
type Deployment = { readonly params?: Readonly<Record<string, Params | null>> | null } | null;

/**
 * The text of a stage's channels.yml, and its name for messages. It is the file that a person named, or else the one that
 * serverless.yml deploys the stage with. Throws UsageError if it cannot be read.
 */
export function channelsOf(stage: string, given: string | undefined): { readonly name: string; readonly text: string } {
  if (given !== undefined) return { name: given, text: readGivenFile(given) };
  const name = nameOfChannels(stage, readServerless());
  return { name, text: readGivenFile(resolve(root, name)) };
}

/**
 * The region of a stage: the one that a person named, or else the one in which serverless.yml deploys the stage. Throws
 * UsageError if what was named cannot be a region.
 */
export function regionOf(stage: string, given: string | undefined): string {
  if (given === undefined) return nameOfRegion(stage, readServerless());
  if (!/^[a-z]+(?:-[a-z]+)+-\d+$/.test(given)) throw new UsageError(`--region takes a region such as eu-west-1, not ${given || 'nothing'}`);
  return given;
}

/** The stages that serverless.yml has parameters for, and `local`. Only `local` if the file cannot be read. */
export function stageNames(): string[] {
  let deployment: Deployment = null;
  try {
    deployment = parse(readServerless(), { logLevel: 'silent' }) as Deployment;
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
  return paramOf('channels', stage, serverless) ?? 'channels.yml';
}

/** The parameter `region`, read in the same way. Without one it is eu-west-1, and us-east-1 for the stage `local`. */
export function nameOfRegion(stage: string, serverless: string): string {
  return paramOf('region', stage, serverless) ?? (stage === 'local' ? 'us-east-1' : 'eu-west-1');
}

function paramOf(param: keyof Params, stage: string, serverless: string): string | undefined {
  const params = (parse(serverless, { logLevel: 'error' }) as Deployment)?.params ?? {};
  const own = Object.hasOwn(params, stage) ? params[stage] : undefined;
  const given = own?.[param] ?? params['default']?.[param];
  if (given === undefined || given === null) return undefined;
  const text = String(given).replaceAll(STAGE, stage);
  if (text.includes('${'))
    throw new UsageError(`${param} in serverless.yml is ${text}, which is only known at deployment: ${REMEDIES[param]}`);
  return text;
}

const REMEDIES = { channels: 'pass --channels FILE', region: 'set AWS_REGION, or pass --region to check and plan' } as const;

function readServerless(): string {
  return readFileSync(serverlessFile(), 'utf8');
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of serverless.yml
const STAGE = '${sls:stage}';
