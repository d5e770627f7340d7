import { type ChannelsFile, lineText, readChannelsFile } from '../domain/channels/lines.ts';
import type { Channels } from '../domain/channels/schema.ts';
import { type ChannelVariables, documentsBucketName, type Place } from '../domain/channels/variables.ts';
import { compact } from '../domain/json/compact.ts';
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
import type { Reach } from '../operator/reads/reach.ts';
import { channelsOf, regionOf } from '../operator/stage/channels-of-stage.ts';
import { reachLine } from '../operator/words/reach-words.ts';
import { parseArgs } from '../scripts/arguments.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { readGivenBytes, TEXT_BYTES_MAX } from '../scripts/given-file.ts';
import { ota } from '../scripts/installation.ts';
import { printError, printHelp } from '../scripts/layout.ts';
import { printJson } from './json-output.ts';
import { accountOf, checkStageName, offlineHelp, offlineOptions } from './offline-options.ts';

const help = `Usage: ${ota} plan FILE [--count] [OPTIONS]

Shows the AWS requests of a release as JSON: {"rollouts": [...], "rejections":
[...], "warnings": [...]}. A rollout also has "document", if the service writes
a job document. A warning names a value of the release that a channel does not
send, because it has its own. Another names two artifacts with the same S3
object, or with the same fileName and fileType. The warnings of check about
these channels are there, too. FILE is a whole event, or only the detail of a
release. An event without an account gets the one of --account.

Each rollout has "releaseDigest", which an approval names. On a channel with a
gate it also has "gate", "waitingFor" and "reasons". They are judged as if
nothing had been published, approved or held before. Publish a release with
dryRun: true to get the answer of the service, which knows the ledger. Without
--json, standard error also has the gates in words.

The code of the service makes the plan. It reads neither the ledger nor S3,
needs no endpoint, and changes nothing. Only --count asks AWS: each rollout then
has "reach", with the number of "devices" that it would reach now. Things of
child groups count, and a thing in several targets counts once. After 10,000
things of a group, "isAtLeast" is true. "remark" says what AWS cannot count,
such as the devices that match a query of managed integrations.

  --count        also ask AWS how many devices each rollout would reach. The
                 account and the region are those of the stage, unless you name
                 others. It needs iot:ListThingsInThingGroup, which the
                 operator's role has
  --endpoint URL for --count: where the local service listens (default:
                 AWS_ENDPOINT_URL, or http://127.0.0.1:4566)
${offlineHelp}
  --json         print only JSON

Exit status:
  0    there are requests, gated or not
  1    rejected, malformed JSON too, or AWS did not count
  2    wrong usage, a withdrawal, approval, hold or resume, a file that cannot
       be read, or an invalid channels.yml`;

/**
 * `ota plan FILE` prints the plan as JSON. Answers 0 if there are requests, 1 if anything is rejected, and 2 if
 * channels.yml is invalid. Throws UsageError for a steering event, a file that cannot be read, and wrong arguments.
 */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { ...offlineOptions, json: { type: 'boolean' }, count: { type: 'boolean' }, endpoint: { type: 'string' } },
  });
  if (values.help) {
    printHelp(help);
    return exit.ok;
  }
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0)
    throw new UsageError('exactly one file is required: a whole event or the detail of a release');
  const { stage } = values;
  if (values.endpoint !== undefined && !values.count) throw new UsageError('--endpoint is for --count: without it, plan runs offline');
  const counter = values.count ? await counterOf(values) : undefined;
  const { accountId, isAccountNamed } = accountOf(values.account ?? counter?.account);
  const region = counter?.region ?? regionOf(stage, values.region);
  checkStageName(stage, region);
  const place = { accountId, region, stage, documentsBucket: documentsBucketName({ stage, accountId, region }) };
  const read = readChannels(values.channels, { ...place, isAccountNamed });
  if ('invalid' in read) {
    for (const line of read.invalid) console.error(line);
    if (values.json) printJson({ error: read.invalid.join('; ') });
    return exit.usage;
  }
  const body = readGivenBytes(file, TEXT_BYTES_MAX);
  const plan = planBody(body, read.channels, place);
  const rollouts = printedRollouts(plan.rollouts);
  const reaches = counter === undefined ? [] : await counter.count(plan.rollouts);
  const lines = [...gateLines(plan.rollouts), ...reaches.map(({ channel, reach }) => reachLine(channel, reach))];
  if (!values.json) for (const line of lines) printError(line);
  const rejections = plan.rejections.map((rejection) => printedRejection(rejection, body, accountId));
  const warnings = [...plan.warnings, ...warningsAbout(body, read.warnings)];
  const counted = rollouts.map((rollout, index) => compact({ ...rollout, reach: reaches[index]?.reach }));
  printJson({ rollouts: counted, rejections, warnings }, 2);
  return plan.rejections.length > 0 ? exit.failed : exit.ok;
}

type Counter = {
  readonly account: string | undefined;
  readonly region: string;
  count(rollouts: readonly PlannedRollout[]): Promise<readonly { readonly channel: string; readonly reach: Reach }[]>;
};

const LOCAL_ATTEMPTS = 3;

/** Counts devices in the account and region of a stage. A plan that runs offline loads no SDK. */
async function counterOf(values: {
  readonly stage: string;
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  readonly account?: string | undefined;
}): Promise<Counter> {
  const [{ openStage, unreachable }, { clientsOf }, { reachReader }] = await Promise.all([
    import('../operator/stage/stage.ts'),
    import('../operator/devices/devices-of.ts'),
    import('../operator/reads/reach.ts'),
  ]);
  const stage = openStage(values);
  const region = values.region === undefined ? await stage.region() : regionOf(stage.name, values.region);
  // A person who forgot to start the local service need not wait.
  const reachOf = reachReader(clientsOf({ config: { ...stage.config, region } }, stage.isLocal ? LOCAL_ATTEMPTS : undefined).iot);
  return {
    account: values.account ?? (await stage.account()),
    region,
    async count(rollouts) {
      try {
        const counted = [];
        for (const rollout of rollouts) counted.push({ channel: rollout.channel, reach: await reachOf(rollout) });
        return counted;
      } catch (error) {
        throw unreachable(error, stage.endpoint);
      }
    },
  };
}

/** The channels of a file with its warnings. If the file is invalid, one line for each error. */
function readChannels(
  file: string | undefined,
  place: ChannelVariables,
): (ChannelsFile & { readonly ok: true }) | { readonly invalid: readonly string[] } {
  const { name, text } = channelsOf(place.stage, file);
  const read = readChannelsFile(text, place, 'refuse', Date.now());
  return read.ok ? read : { invalid: read.errors.map((error) => lineText(name, error)) };
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
  return new UsageError(`the file holds ${noun}, which creates nothing at AWS, and only a release can be planned: use ${ota} ${command}`);
}
