import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { formatPath, isRecord } from 'aws-ota-models';
import { findProduct } from '../domain/channels/find-product.ts';
import { findForeignArns } from '../domain/channels/foreign-arns.ts';
import type { Channels } from '../domain/channels/schema.ts';
import { findSteered } from '../domain/channels/steering.ts';
import { validateChannels } from '../domain/channels/validate.ts';
import { documentsBucketName } from '../domain/channels/variables.ts';
import { channelHeld, channelResumed, type Message, parseMessage, releaseApproved, releasePublished } from '../domain/release/intake.ts';
import { planRelease } from '../domain/request/plan.ts';
import type { PlannedRollout } from '../domain/request/planned-rollout.ts';
import { projectFolder, root } from '../scripts/installation.ts';
import type { Example } from './example-files.ts';
import type { Outcome } from './outcomes.ts';

/** Where the local service runs. */
export type LocalPlace = { readonly accountId: string; readonly region: string };

/** An example, and why it cannot be published with these channels, in a clause such as `channels.yml has no product hub`. */
type Skipped = { readonly example: Example; readonly why: string };

/** An example that can be published, and the rollouts of its release. */
type Applicable = { readonly example: Example; readonly rollouts: readonly PlannedRollout[] };

/** The examples to publish, and the others. */
export type Judged = { readonly applicable: readonly Example[]; readonly skipped: readonly Skipped[] };

const STAGE = 'local';

/** A minute takes a second here, and all examples together take less than 30 seconds. */
const SOAK_MINUTES_MAX = 10;

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
 * AWS could not carry them out here, or they would wait too long. An example that declares its rejection must only have a product and
 * a source of the file. An example is skipped with the one that it comes after. A hold is skipped with the example that ends it, or else
 * it would keep what the person publishes. The examples were written for other channels. So where a channel is continuous, its rollout
 * ends when it is created. `name` is the name of the channels file for messages.
 */
export function judgeExamples(examples: readonly Example[], channels: Channels, place: LocalPlace, name: string): Judged {
  const judged = examples.map((example) => judge(example, channels, place, name));
  const applicable = judged.filter((one) => 'rollouts' in one);
  const skipped = judged.filter((one) => 'why' in one);
  for (const one of applicable) {
    const problem = approvalProblem(one, applicable);
    if (problem !== undefined) skipped.push({ example: one.example, why: `${name} ${problem}` });
  }
  for (let skippedBefore = -1; skippedBefore < skipped.length; ) {
    skippedBefore = skipped.length;
    for (const one of applicable) {
      if (skipped.some(({ example }) => example === one.example)) continue;
      const isNamed = (name: string) => (other: { readonly example: Example }) => other.example.name === name;
      const earlier = one.example.after?.find(({ example }) => !applicable.some(isNamed(example)) || skipped.some(isNamed(example)));
      const end = skipped.find(({ example }) => isEndOf(example, one.example));
      if (earlier) skipped.push({ example: one.example, why: `examples/${earlier.example}.json is not published` });
      else if (end) skipped.push({ example: one.example, why: `examples/${end.example.name}.json, which ends it, is not published` });
    }
  }
  const published = applicable.filter(({ example }) => !skipped.some((other) => other.example === example));
  return { applicable: published.map(({ example }) => withPossibleOutcomes(example, published)), skipped };
}

/**
 * A file with a release for a person to publish, its product, and a note on it. A clone has such a file among its examples, and a project
 * may have one. If it does not fit the channels, the note names the file to write another one like: one of the `examples`, which fit, or
 * else an example of the package. If it is not JSON, the note says why. `project` is the folder of the project.
 */
export function releaseToTry(channels: Channels, place: LocalPlace, examples: readonly Example[], project = projectFolder()): ReleaseToTry {
  const file = 'examples/details/my-release.json';
  const path = join(project, file);
  const hasFile = existsSync(path);
  const [[product, { channels: ofProduct }] = ['', { channels: {} }]] = Object.entries(channels.products);
  const detail = hasFile ? detailIn(path) : undefined;
  if (detail instanceof Error) return { file, product, note: `first correct ${file}: ${detail.message}` };
  if (detail !== undefined && fits(detail, channels, place))
    return { file, product: String(detail.product), note: 'app.bin can be any file' };
  const note = (like: string, what: string) => `write my-release.json like ${like}, ${what}`;
  const release = examples.find(({ 'detail-type': type }) => type === releasePublished);
  if (!hasFile && release !== undefined) {
    return {
      file: 'my-release.json',
      product: String(release.detail['product']),
      note: note(`examples/${release.name}.json`, 'with another version; app.bin can be any file'),
    };
  }
  const like = hasFile ? file : relative(project, join(root, 'schemas', 'firmware-release-published.example.json'));
  return { file: 'my-release.json', product, note: note(like, `for ${product} on ${Object.keys(ofProduct)[0]}`) };
}

type ReleaseToTry = { readonly file: string; readonly product: string; readonly note: string };

/** The JSON object in a file, or why there is none. */
function detailIn(path: string): Example['detail'] | Error {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isRecord(value) ? value : new Error('it is not a JSON object');
  } catch (error) {
    return new Error(`it is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}

/** Whether the service would accept the detail of a release. */
function fits(detail: Example['detail'], channels: Channels, place: LocalPlace): boolean {
  const source = channels.products[String(detail['product'])]?.sources[0] ?? '';
  const event = { name: '', source, 'detail-type': releasePublished, detail, ends: [] };
  return judgeExamples([event], channels, place, '').applicable.length > 0;
}

/** Whether an example ends the hold that another one sets. */
function isEndOf(resume: Example, hold: Example): boolean {
  const isPair = resume['detail-type'] === channelResumed && hold['detail-type'] === channelHeld;
  return isPair && ['product', 'holdId'].every((member) => resume.detail[member] === hold.detail[member]);
}

function judge(example: Example, channels: Channels, place: LocalPlace, name: string): Applicable | Skipped {
  const skip = (why: string): Skipped => ({ example, why });
  const { source } = example;
  const product = String(example.detail['product']);
  const found = Object.hasOwn(channels.products, product) ? channels.products[product] : undefined;
  if (found === undefined) return skip(`${name} has no product ${product}`);
  // The bus writes the account into the event, whatever the file has.
  const event = { ...example, account: place.accountId };
  const parsed = parseMessage(JSON.stringify(event), { allowedAccounts: [place.accountId] });
  const kind = parsed.ok ? parsed.value.kind : 'release';
  const allowed = kind === 'release' ? findProduct(channels, product, source) : findSteered(channels, product, source, STEERS[kind]);
  if (!allowed.ok)
    return skip(`${name} does not list the source ${source} for ${product}${kind === 'release' ? '' : ` to ${STEERS[kind]}`}`);
  // The one that declares its rejection.
  if (!parsed.ok) return { example, rollouts: [] };
  const named = namedChannels(parsed.value);
  const missing = named.find((channel) => !Object.hasOwn(found.channels, channel));
  if (missing !== undefined) return skip(`${name} has no channel ${missing} of ${product}`);
  if (parsed.value.kind === 'approval') {
    const open = named.find((channel) => found.channels[channel]?.approval === undefined);
    if (open !== undefined) return skip(`${name} asks for no approval on ${open} of ${product}`);
  }
  if (parsed.value.kind !== 'release') return { example, rollouts: [] };
  const documentsBucket = documentsBucketName({ ...place, stage: STAGE });
  const plan = planRelease(parsed.value.release, channels, {
    place: { ...place, stage: STAGE, documentsBucket },
    source,
    now: Date.now(),
  });
  const [rejection] = plan.rejections;
  if (rejection !== undefined) return skip(`with ${name} it is rejected: ${rejection.code} ${rejection.path}: ${rejection.message}`);
  const elsewhere = plan.rollouts.map((rollout) => arnElsewhere(rollout, place)).find((arn) => arn !== undefined);
  if (elsewhere !== undefined)
    return skip(`${name} has ${elsewhere}, and the local service is account ${place.accountId} in ${place.region}`);
  const closed = plan.rollouts.map((rollout) => gateProblem(rollout, example)).find((problem) => problem !== undefined);
  if (closed !== undefined) return skip(`${name} ${closed}`);
  return { example, rollouts: plan.rollouts };
}

const STEERS = { approval: 'approve', hold: 'hold', resume: 'resume', withdrawal: 'withdraw' } as const;

/** The channels that must be in the file. A withdrawal may name others. */
function namedChannels(message: Message): readonly string[] {
  switch (message.kind) {
    case 'release':
      return message.release.channels;
    case 'approval':
      return message.approval.channels;
    case 'hold':
      return message.hold.channels ?? [];
    case 'withdrawal':
    case 'resume':
      return [];
  }
}

/** Why the gate of a rollout, or a missing one, would keep its example from ending as it declares. */
function gateProblem({ channel, gate }: PlannedRollout, { ends, detail }: Example): string | undefined {
  const isPromoted = ends.some((end) => end['detail-type'] === 'OTA Rollout Promoted' && end.detail['channel'] === channel);
  const where = `on ${channel} of ${detail['product']}`;
  if (gate === undefined) return isPromoted ? `has no gate ${where}` : undefined;
  if (!isPromoted) return `has a gate ${where}`;
  const { after = [], allowedTimes } = gate;
  const published: unknown = detail['channels'];
  const other = after.find((rule) => !(Array.isArray(published) && published.includes(rule.channel)))?.channel;
  if (other !== undefined) return `has a gate ${where} that waits for ${other}, to which the example does not publish`;
  const soakMinutes = Math.max(0, ...after.map((rule) => rule.soakMinutes));
  if (soakMinutes > SOAK_MINUTES_MAX) return `has a gate ${where} with soakMinutes: ${soakMinutes}, which is too long for an example`;
  if (allowedTimes !== undefined) return `has a gate ${where} with allowedTimes, for which an example does not wait`;
  return undefined;
}

/** Why the approvals among the examples do not open the gate of an example. */
function approvalProblem({ example: { detail }, rollouts }: Applicable, all: readonly Applicable[]): string | undefined {
  for (const { channel, gate } of rollouts) {
    const required = gate?.approval?.required ?? 0;
    const given = all.filter(({ example: { 'detail-type': type, detail: approved } }) => {
      const channels: unknown = approved['channels'];
      const isSame = approved['product'] === detail['product'] && approved['version'] === detail['version'];
      return type === releaseApproved && isSame && Array.isArray(channels) && channels.includes(channel);
    }).length;
    if (given < required)
      return `has a gate on ${channel} of ${detail['product']} that needs approvals: ${required}, of which the examples have ${given}`;
  }
  return undefined;
}

/** The first ARN in a request that names another account or region. Nothing that it names exists here. */
function arnElsewhere({ input }: PlannedRollout, { accountId, region }: LocalPlace): string | undefined {
  const arns = [...JSON.stringify(input).matchAll(/\barn:[^:"]*:[^:"]*:([^:"]*):(\d{12}):[^"]*/g)];
  return arns.find(([, ofRegion, account]) => (ofRegion !== '' && ofRegion !== region) || account !== accountId)?.[0];
}

/** The example with `Created` in place of each `Completed` of a continuous channel, in its ends and in what it comes after. */
function withPossibleOutcomes(example: Example, judged: readonly Applicable[]): Example {
  const isContinuous = (name: string, channel: unknown) =>
    judged.some((one) => one.example.name === name && one.rollouts.some((rollout) => rollout.channel === channel && rollout.continuous));
  const possible = <T extends Outcome>(outcome: T, name: string): T =>
    outcome['detail-type'] === 'OTA Rollout Completed' && isContinuous(name, outcome.detail['channel'])
      ? { ...outcome, 'detail-type': 'OTA Rollout Created' }
      : outcome;
  return {
    ...example,
    ...(example.after && { after: example.after.map((earlier) => possible(earlier, earlier.example)) }),
    ends: example.ends.map((end) => possible(end, example.name)),
  };
}
