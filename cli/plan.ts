import { parseArgs } from 'node:util';
import { isRecord } from 'aws-ota-models';
import { readChannelsFile } from '../domain/channels/lines.ts';
import type { Channels } from '../domain/channels/schema.ts';
import { documentsBucketName, type Place } from '../domain/channels/variables.ts';
import { parseMessage, parseReleaseText } from '../domain/release/intake.ts';
import type { Rejection } from '../domain/release/rejection.ts';
import { planRelease } from '../domain/request/plan.ts';
import type { Plan } from '../domain/request/planned-rollout.ts';
import { channelsOf } from './channels-of-stage.ts';
import { exit, givenAccount, readGivenBytes, UsageError } from './command.ts';
import { isWithdrawal } from './is-withdrawal.ts';

const help = `Usage: npm run ota -- plan FILE [--channels FILE] [--account ID] [--region R] [--stage S]

What AWS would be asked for the release in FILE, the detail of an event or a whole event, judged by the code of
the service, without ledger and S3: {"rollouts": [...], "rejections": [...]}. An event without an account comes from ID.
Exit codes: 0 requests, 1 rejected (malformed JSON, too), 2 nothing to plan (a withdrawal, a file that cannot be
read, a wrong channels.yml).`;

/**
 * `ota plan FILE`: prints the plan as JSON. 0 where there are requests, 1 where anything is rejected, 2 where
 * channels.yml is wrong; throws UsageError for a withdrawal, a file that cannot be read and wrong arguments.
 */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      channels: { type: 'string' },
      account: { type: 'string', default: '000000000000' },
      region: { type: 'string', default: 'us-east-1' },
      stage: { type: 'string', default: 'local' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return exit.ok;
  }
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw new UsageError('one FILE is needed; --help tells more');
  const { region, stage } = values;
  const accountId = givenAccount(values.account);
  const place = { accountId, region, stage, documentsBucket: documentsBucketName({ stage, accountId, region }) };
  const channels = readChannels(values.channels, place);
  if (channels === undefined) return exit.usage;
  const plan = planBody(readGivenBytes(file), channels, place);
  const rollouts = plan.rollouts.map(({ rolloutId, channel, service, operation, input }) => ({
    rolloutId,
    channel,
    service,
    operation,
    input,
  }));
  console.log(JSON.stringify({ rollouts, rejections: plan.rejections }, null, 2));
  return plan.rejections.length > 0 ? exit.refused : exit.ok;
}

/** The channels, or undefined where the file is wrong; why is then on stderr, a line for each error. */
function readChannels(file: string | undefined, place: Place): Channels | undefined {
  const { name, text } = channelsOf(place.stage, file);
  const read = readChannelsFile(text, place);
  if (read.ok) return read.channels;
  for (const { line, path, message } of read.errors) console.error(`${name}:${line}: ${path}: ${message}`);
  return undefined;
}

function planBody(body: Uint8Array, channels: Channels, place: Place): Plan {
  const shown = peek(body);
  if (isRecord(shown) && !('detail' in shown) && !('detail-type' in shown)) return planDetail(body, shown, channels, place);
  // A producer writes no account: EventBridge puts it in.
  const event = isRecord(shown) && !('account' in shown) ? withAccount(body, place.accountId) : body;
  const parsed = parseMessage(event, { allowedAccounts: [place.accountId] });
  if (!parsed.ok) return refused(parsed.rejection);
  if (parsed.value.kind === 'withdrawal') throw withdrawal();
  const { release, envelope } = parsed.value;
  return planRelease(release, channels, { place, source: envelope.source, now: Date.now() });
}

/** The bytes of a JSON object that has members, with `account` before the first; all others stay as they were written. */
function withAccount(body: Uint8Array, account: string): Uint8Array {
  const behindBrace = body.indexOf(0x7b) + 1;
  return Buffer.concat([body.subarray(0, behindBrace), Buffer.from(`"account":"${account}",`), body.subarray(behindBrace)]);
}

/** A detail has no source of its own: it is planned as if the first that may release the product had sent it. */
function planDetail(body: Uint8Array, shown: Record<string, unknown>, channels: Channels, place: Place): Plan {
  const parsed = parseReleaseText(body);
  if (!parsed.ok) {
    if (isWithdrawal(shown)) throw withdrawal();
    return refused(parsed.rejection);
  }
  const { product } = parsed.value;
  const sources = Object.hasOwn(channels.products, product) ? channels.products[product]?.sources : undefined;
  return planRelease(parsed.value, channels, { place, source: sources?.[0] ?? '', now: Date.now() });
}

function withdrawal(): UsageError {
  return new UsageError('this is a withdrawal, which asks AWS for nothing new: there is no plan to show');
}

/** The body as far as it tells a detail from an envelope; whether it is well-formed is for the intake to say. */
function peek(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { ignoreBOM: true }).decode(body));
  } catch {
    return undefined;
  }
}

function refused(rejection: Rejection): Plan {
  return { rollouts: [], rejections: [rejection] };
}
