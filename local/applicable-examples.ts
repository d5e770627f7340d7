import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatPath } from 'aws-ota-models';
import { findForeignArns } from '../domain/channels/foreign-arns.ts';
import type { Channels } from '../domain/channels/schema.ts';
import { validateChannels } from '../domain/channels/validate.ts';
import { documentsBucketName } from '../domain/channels/variables.ts';
import { parseMessage } from '../domain/release/intake.ts';
import { planRelease } from '../domain/request/plan.ts';
import type { PlannedRollout } from '../domain/request/planned-rollout.ts';
import { root } from '../scripts/given-file.ts';
import type { Example } from './example-files.ts';

/** Where the local service runs. */
export type LocalPlace = { readonly accountId: string; readonly region: string };

/** An example, and why it cannot be published with these channels, in a clause such as `channels.yml has no product hub`. */
type Skipped = { readonly example: Example; readonly why: string };

/** The examples to publish, and the others. */
export type Judged = { readonly applicable: readonly Example[]; readonly skipped: readonly Skipped[] };

const STAGE = 'local';

/** The channels in the channels.json of a package, with the variables of the local stage. Packaging has validated them. */
export function readPackagedChannels(file: string, place: LocalPlace): Channels {
  const validated = validateChannels(JSON.parse(readFileSync(file, 'utf8')), { ...place, stage: STAGE });
  if (!validated.ok) throw new Error(validated.errors.map(({ message }) => message).join('\n'));
  return validated.channels;
}

/**
 * A line for each ARN of another partition, region or account than the local service. No such role or device exists here, so each
 * rollout of its channel fails. `name` is the name of the channels file.
 */
export function foreignArnLines({ products }: Channels, place: LocalPlace, name: string): string[] {
  return Object.entries(products).flatMap(([product, { channels }]) =>
    Object.entries(channels).flatMap(([channel, template]) =>
      findForeignArns(template, { ...place, stage: STAGE }).map(({ problem: { path, message } }) => {
        const where = formatPath(['products', product, 'channels', channel, ...path]);
        return `${name}: warning: ${where}: ${message}`;
      }),
    ),
  );
}

/**
 * Divides the examples into those that the service can accept with these channels, and the others. It would reject those, or
 * AWS could not carry them out here. An example that declares its rejection must only have a product and a source of the file.
 * The examples were written for other channels. So where a channel is continuous, its rollout ends when it is created. `name`
 * is the name of the channels file for messages.
 */
export function judgeExamples(examples: readonly Example[], channels: Channels, place: LocalPlace, name: string): Judged {
  const judged = examples.map((example) => judge(example, channels, place, name));
  return {
    applicable: judged.filter((one) => 'ends' in one),
    skipped: judged.filter((one) => 'why' in one),
  };
}

/** A file with the detail of a release that fits the channels, and a note on it for a person. */
export function releaseToTry(channels: Channels, place: LocalPlace): { readonly file: string; readonly note: string } {
  const file = 'examples/details/my-release.json';
  const detail = JSON.parse(readFileSync(join(root, file), 'utf8'));
  const ofFile = channels.products[detail.product];
  const event = {
    name: file,
    account: place.accountId,
    source: ofFile?.sources[0] ?? '',
    'detail-type': 'Firmware Release Published',
    detail,
  };
  if (judgeExamples([{ ...event, ends: [] }], channels, place, '').applicable.length > 0) return { file, note: 'app.bin can be any file' };
  const [[product, { channels: ofProduct }] = ['', { channels: {} }]] = Object.entries(channels.products);
  return { file: 'my-release.json', note: `write my-release.json like ${file}, for ${product} on ${Object.keys(ofProduct)[0]}` };
}

function judge(example: Example, channels: Channels, place: LocalPlace, name: string): Example | Skipped {
  const skip = (why: string): Skipped => ({ example, why });
  const { source } = example;
  const product = String(example.detail['product']);
  const found = Object.hasOwn(channels.products, product) ? channels.products[product] : undefined;
  if (found === undefined) return skip(`${name} has no product ${product}`);
  if (!found.sources.includes(source)) return skip(`${name} does not list the source ${source} for ${product}`);
  const parsed = parseMessage(JSON.stringify(example), { allowedAccounts: [place.accountId] });
  // The one that declares its rejection, or a withdrawal.
  if (!parsed.ok || parsed.value.kind === 'withdrawal') return example;
  const { release } = parsed.value;
  const missing = release.channels.find((channel) => !Object.hasOwn(found.channels, channel));
  if (missing !== undefined) return skip(`${name} has no channel ${missing} of ${product}`);
  const documentsBucket = documentsBucketName({ ...place, stage: STAGE });
  const plan = planRelease(release, channels, { place: { ...place, stage: STAGE, documentsBucket }, source, now: Date.now() });
  const [rejection] = plan.rejections;
  if (rejection !== undefined) return skip(`with ${name} it is rejected: ${rejection.code} ${rejection.path}: ${rejection.message}`);
  const elsewhere = plan.rollouts.map((rollout) => arnElsewhere(rollout, place)).find((arn) => arn !== undefined);
  if (elsewhere !== undefined)
    return skip(`${name} has ${elsewhere}, and the local service is account ${place.accountId} in ${place.region}`);
  return withPossibleEnds(example, plan.rollouts);
}

/** The first ARN in a request that names another account or region. Nothing that it names exists here. */
function arnElsewhere({ input }: PlannedRollout, { accountId, region }: LocalPlace): string | undefined {
  const arns = [...JSON.stringify(input).matchAll(/\barn:[^:"]*:[^:"]*:([^:"]*):(\d{12}):[^"]*/g)];
  return arns.find(([, ofRegion, account]) => (ofRegion !== '' && ofRegion !== region) || account !== accountId)?.[0];
}

function withPossibleEnds(example: Example, rollouts: readonly PlannedRollout[]): Example {
  const isContinuous = (channel: unknown) => rollouts.some((rollout) => rollout.channel === channel && rollout.continuous);
  const ends = example.ends.map((end) =>
    end['detail-type'] === 'OTA Rollout Completed' && isContinuous(end.detail['channel'])
      ? { ...end, 'detail-type': 'OTA Rollout Created' }
      : end,
  );
  return { ...example, ends };
}
