import type * as z from 'zod/mini';
import { bucket, source } from '../../domain/channels/schema.ts';
import { nearest } from '../../domain/json/nearest.ts';
import { problemsOf } from '../../domain/json/problem.ts';
import { name } from '../../domain/release/fields.ts';
import { regionOf } from '../../operator/stage/channels-of-stage.ts';
import { UsageError } from '../../scripts/command.ts';
import { ofService } from './services.ts';

/** What has to be known of a new project. */
export type Key =
  | 'product'
  | 'bucket'
  | 'controlPlane'
  | 'region'
  | 'source'
  | 'channel'
  | 'target'
  | 'format'
  | 'signingProfile'
  | 'taskConfiguration';

/** A thing to know: the option that answers it, and what is wrong with an answer, as words after the option. */
type Known = { readonly key: Key; readonly option: string; readonly problem: (answer: string) => string | undefined };

/** As {@link Known}, and what a person is asked. */
export type Question = Known & { readonly asks: string };

const product: Question = {
  key: 'product',
  option: '--product',
  asks: 'Name of the product',
  problem: (answer) => problemWith(name(), answer),
};

const bucketQuestion: Question = {
  key: 'bucket',
  option: '--bucket',
  asks: 'S3 bucket of its firmware',
  problem: (answer) => problemWith(bucket(), answer),
};

const controlPlane: Question = {
  key: 'controlPlane',
  option: '--control-plane',
  asks: Object.entries(ofService)
    .map(([template, { title }]) => `  ${template.padEnd(16)} ${title}\n`)
    .join('')
    .concat('AWS request that starts an update'),
  problem: (answer) => oneOf(answer, Object.keys(ofService)),
};

const region: Question = {
  key: 'region',
  option: '--region',
  asks: 'AWS region',
  problem: (answer) => {
    try {
      regionOf('prod', answer);
      return undefined;
    } catch (error) {
      if (error instanceof UsageError) return error.message.replace(/^--region /, '');
      throw error;
    }
  },
};

const taskConfiguration: Question = {
  key: 'taskConfiguration',
  option: '--task-configuration',
  asks: 'Id of the task configuration of MI (rate, abort criteria, timeout)',
  problem: (answer) => (answer === '' ? 'takes the id of a task configuration of managed integrations, not nothing' : undefined),
};

const format: Question = {
  key: 'format',
  option: '--format',
  asks: 'Job document, device-client (AWS IoT Device Client) or plain',
  problem: (answer) => oneOf(answer, ['device-client', 'plain']),
};

/** What nobody is asked: an option changes the default. */
const others: readonly Known[] = [
  { key: 'source', option: '--source', problem: (answer) => problemWith(source(), answer) },
  { key: 'channel', option: '--channel', problem: (answer) => problemWith(name(), answer) },
  { key: 'target', option: '--target', problem: notNothing('a thing group, an ARN, or the query of a createOtaTask') },
  { key: 'signingProfile', option: '--signing-profile', problem: notNothing('the name of a profile of AWS Signer') },
];

/** The questions that a person may be asked. */
export const questions = { product, bucket: bucketQuestion, controlPlane, region, taskConfiguration, format } as const;

/** Every option that is an answer. */
export const options: readonly Known[] = [...Object.values(questions), ...others];

/** What is wrong with a value, in the words of channels.yml. */
function problemWith(schema: z.ZodMiniType, value: string): string | undefined {
  const parsed = schema.safeParse(value);
  return parsed.success ? undefined : problemsOf(parsed.error, value, schema)[0]?.message;
}

function oneOf(answer: string, names: readonly string[]): string | undefined {
  if (names.includes(answer)) return undefined;
  const meant = nearest(answer, names);
  const list = new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(names);
  return `takes ${list}, not ${answer || 'nothing'}${meant === undefined ? '' : `: did you mean ${meant}?`}`;
}

function notNothing(what: string): (answer: string) => string | undefined {
  return (answer) => (answer === '' ? `takes ${what}, not nothing` : undefined);
}
