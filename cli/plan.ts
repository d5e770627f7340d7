import { type ChannelsFile, lineText, readChannelsFile } from '../domain/channels/lines.ts';
import type { Channels } from '../domain/channels/schema.ts';
import { type ChannelVariables, documentsBucketName, type Place } from '../domain/channels/variables.ts';
import { findLosses } from '../domain/request/losses.ts';
import { planRelease } from '../domain/request/plan.ts';
import type { Plan, PlannedRollout } from '../domain/request/planned-rollout.ts';
import { findRepeatedArtifacts } from '../domain/request/repeated-artifacts.ts';
import { emptyLedger, type JudgedRollout, judgePlanned } from '../domain/rollout/judge-plan.ts';
import { judgeDelivered, parseLeniently, readGivenEvent } from '../operator/events/given-event.ts';
import {
  gateLines,
  type PlanWarning,
  printedRejection,
  printedRollouts,
  rejectionOfDetail,
  warningsAbout,
} from '../operator/events/plan-output.ts';
import { steeringEvent } from '../operator/events/steering-event.ts';
import { channelsOf, regionOf } from '../operator/stage/channels-of-stage.ts';
import { parseArgs } from '../scripts/arguments.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { readGivenBytes } from '../scripts/given-file.ts';
import { printError } from '../scripts/layout.ts';
import { accountOf, checkStageName, offlineHelp, offlineOptions } from './offline-options.ts';

const help = `Usage: npm run ota -- plan FILE [OPTIONS]

Shows the AWS requests of a release as JSON: {"rollouts": [...], "rejections": [...], "warnings": [...]}. A rollout also
has "document", if the service writes a job document. A warning names a value of the release that a channel does
not send, because it has its own. Another names two artifacts with the same fileName or S3 object. The warnings of check
about these channels are there, too. FILE is a whole event, or only the detail of a release. An event without an account
gets the one of --account.

Each rollout has "releaseDigest", which an approval names. On a channel with a gate it also has "gate", "waitingFor"
and "reasons". They are judged as if nothing had been published, approved or held before. Publish a release with
dryRun: true to get the answer of the service, which knows the ledger. Without --json, standard error also has the gates
in words.

The code of the service makes the plan. It reads neither the ledger nor S3, needs no endpoint, and changes nothing.

${offlineHelp}
  --json         print only JSON

Exit status: 0 requests, gated or not, 1 rejected (malformed JSON too), 2 nothing to plan (a withdrawal, approval, hold
or resume, a file that cannot be read, an invalid channels.yml).`;

/**
 * `ota plan FILE` prints the plan as JSON. Answers 0 if there are requests, 1 if anything is rejected, and 2 if
 * channels.yml is invalid. Throws UsageError for a steering event, a file that cannot be read, and wrong arguments.
 */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { ...offlineOptions, json: { type: 'boolean' } },
  });
  if (values.help) {
    console.log(help);
    return exit.ok;
  }
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0)
    throw new UsageError('exactly one file is required: a whole event or the detail of a release');
  const { stage } = values;
  const { accountId, isAccountNamed } = accountOf(values.account);
  const region = regionOf(stage, values.region);
  checkStageName(stage, region);
  const place = { accountId, region, stage, documentsBucket: documentsBucketName({ stage, accountId, region }) };
  const read = readChannels(values.channels, { ...place, isAccountNamed });
  if (read === undefined) return exit.usage;
  const body = readGivenBytes(file);
  const plan = planBody(body, read.channels, place);
  if (!values.json) for (const line of gateLines(plan.rollouts)) printError(line);
  const rejections = plan.rejections.map((rejection) => printedRejection(rejection, body, accountId));
  const warnings = [...plan.warnings, ...warningsAbout(body, read.warnings)];
  console.log(JSON.stringify({ rollouts: printedRollouts(plan.rollouts), rejections, warnings }, null, 2));
  return plan.rejections.length > 0 ? exit.failed : exit.ok;
}

/** The channels of a file with its warnings. If the file is invalid, prints one line for each error to stderr and answers undefined. */
function readChannels(file: string | undefined, place: ChannelVariables): (ChannelsFile & { readonly ok: true }) | undefined {
  const { name, text } = channelsOf(place.stage, file);
  const read = readChannelsFile(text, place, 'refuse', Date.now());
  if (read.ok) return read;
  for (const error of read.errors) console.error(lineText(name, error));
  return undefined;
}

type JudgedPlan = Pick<Plan, 'rejections'> & {
  readonly rollouts: readonly (PlannedRollout & JudgedRollout)[];
  readonly warnings: readonly PlanWarning[];
};

/** A detail has no source. It is planned with the first source that may release the product. */
function planBody(body: Uint8Array, channels: Channels, place: Place): JudgedPlan {
  const steering = steeringEvent(parseLeniently(body));
  if (steering) throw notARelease(steering);
  const given = readGivenEvent(body, { account: place.accountId });
  if (!given.ok) return { rollouts: [], rejections: [given.rejection], warnings: [] };
  if (given.value.kind !== 'release') throw notARelease({ noun: 'a withdrawal', command: 'withdraw' });
  const { release, source = firstSource(channels, release.product) } = given.value;
  const now = Date.now();
  const planned = planRelease(release, channels, { place, source, now });
  const isDetail = given.value.source === undefined;
  const plan = isDetail ? withProducts(planned, release.product, channels) : planned;
  const warnings = [...findRepeatedArtifacts(release), ...findLosses(release, channels)];
  const delivered = judgeDelivered({ ...given.value, source }, { account: place.accountId, region: place.region });
  if (plan.rejections.length === 0 && !delivered.ok) return { rollouts: [], rejections: [delivered.rejection], warnings };
  const publishedBy = { account: place.accountId, source };
  const rollouts = plan.rollouts.map((rollout) => judgePlanned(rollout, publishedBy, { ...emptyLedger, now, soakMinute: 60_000 }));
  return { rollouts, rejections: plan.rejections, warnings };
}

function withProducts(plan: Plan, product: string, channels: Channels): Plan {
  return { ...plan, rejections: plan.rejections.map((rejection) => rejectionOfDetail(rejection, product, channels)) };
}

function firstSource({ products }: Channels, product: string): string {
  return (Object.hasOwn(products, product) && products[product]?.sources[0]) || '';
}

function notARelease({ noun, command }: { readonly noun: string; readonly command: string }): UsageError {
  return new UsageError(
    `the file holds ${noun}, which creates nothing at AWS, and only a release can be planned: use npm run ota -- ${command}`,
  );
}
